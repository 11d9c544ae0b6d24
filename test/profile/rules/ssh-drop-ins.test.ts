import { describe, expect, it } from 'vitest'
import { good, mistakesIn, replace } from '../mistakes.ts'

const on = (name: string, version: string, lines: string): string =>
  mistakesIn(replace(good, ['name: rocky\n  version: "9"', `name: ${name}\n  version: "${version}"`]) + lines)

const dropIn = (text: string): string =>
  `files: [{path: /etc/ssh/sshd_config.d/50-own.conf, content: ${JSON.stringify(text)}}]\n`
const told = (text: string): string => /warning\[files\/not-read\][^]*?source: .*/.exec(text)?.[0] ?? ''

describe('drop-ins of sshd', () => {
  it('have no effect on Enterprise Linux 8, whose own file does not include them', () => {
    expect(told(on('rocky', '8', dropIn('Port 2222\n')))).toMatchInlineSnapshot(`
      "warning[files/not-read]: /etc/ssh/sshd_config.d/50-own.conf has no effect: the sshd_config of Rocky Linux 8 does not include it [$.files[0].path]
         49 | files: [{path: /etc/ssh/sshd_config.d/50-own.conf, content: "Port 2222\\n"}]
            |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: also write a command that adds one: sed -i '1i Include /etc/ssh/sshd_config.d/*.conf' /etc/ssh/sshd_config && systemctl reload sshd
        source: https://www.openssh.com/txt/release-8.2"
    `)
  })
  it('have no effect on CentOS 7, whose sshd does not know the keyword', () => {
    expect(told(on('centos', '7', dropIn('# Ours\nMaxAuthTries 4\n')))).toMatchInlineSnapshot(`
      "warning[files/not-read]: /etc/ssh/sshd_config.d/50-own.conf has no effect: the sshd_config of CentOS 7 does not support drop-ins [$.files[0].path]
         49 | files: [{path: /etc/ssh/sshd_config.d/50-own.conf, content: "# Ours\\nMaxAuthTries 4\\n"}]
            |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write its lines with a command instead: sed -i '1i MaxAuthTries 4' /etc/ssh/sshd_config && systemctl reload sshd
        source: https://www.openssh.com/txt/release-8.2"
    `)
  })
  it('are not inserted into a command unquoted', () => {
    expect(told(on('centos', '7', dropIn("Banner /etc/issue'; reboot\n")))).toContain(
      "sed -i '1i MaxAuthTries 3' ",
    )
  })
  it.each([
    ['rocky', '9'],
    ['rocky', '10'],
    ['debian', '12'],
    ['debian', '13'],
    ['ubuntu', '22.04'],
    ['ubuntu', '24.04'],
  ])('are read on %s %s', (name, version) => {
    expect(on(name, version, dropIn('Port 2222\n'))).not.toContain('files/not-read')
  })
  it.each([
    ['almalinux', '8'],
    ['rhel', '8'],
  ])('are not read on %s %s', (name, version) => {
    expect(on(name, version, dropIn('Port 2222\n'))).toContain('warning[files/not-read]')
  })
  it('are read if a command or a file of the profile includes them', () => {
    const command =
      'commands: [{name: ssh, run: "sed -i \'1i Include /etc/ssh/sshd_config.d/*.conf\' /etc/ssh/sshd_config"}]\n'
    expect(on('rocky', '8', dropIn('Port 2222\n') + command)).not.toContain('files/not-read')
    expect(
      on(
        'rocky',
        '8',
        'files:\n  - {path: /etc/ssh/sshd_config.d/50-own.conf, content: "Port 2222"}\n  - {path: /etc/ssh/sshd_config, content: "Include /etc/ssh/sshd_config.d/*.conf"}\n',
      ),
    ).not.toContain('files/not-read')
  })
  it('lock nobody out, and use no port, if sshd does not read them', () => {
    const printed = on('rocky', '8', dropIn('Port 10250\nPubkeyAuthentication no\n'))
    expect(printed).not.toContain('files/ssh-login')
    expect(printed).not.toContain('files/ssh-port')
  })
})
