import { describe, expect, it } from 'vitest'
import { keyProblem } from '../../../src/profile/rules/fips.ts'
import { good, mistakesIn, mistakesWith, replace } from '../mistakes.ts'

const ecdsa =
  'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBFik6ivgfbky5vJxik3g/qFsoR3r/zfw5VNfoMLIL0NoS86ZdnULze+nzfNnRPThspv/teeIcgkGDjYhlkGElsNUSffzzUBV0O9taFxTlJfqTil4Fitfven0j5YUEJnBSg== ops@example.com'
const ed25519 =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com'
const rsa3072 =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDGkEk29sjsMKpALlmKugtpyKDEDVR+yZPM3rB+QOLT+V5nkMkLS4CGxk2inu/x+tjeE0FS8Px4LtLiyGf0mxOq6E5yBzykddciOt7ZIFijOjZYrhrAS19qXMVFs/CgeUdwKAiKaGr4pa6YobjtZ0kvLjOAjDTQ9bkkUNLQn+iMLiFwig2ylQFfuYJ1hrFat4I0C2rUZAw9FStHNrUxOhroaGa3ciyatHpi6dKEvYQdgi1Rq6tFjqDEIYFzbQTJKV1edPH7vQbKym7Ek6fHecsHPVzu7UhIwRBsaJPatjcaHdpFD5zNwTjvz7zhcORCuT7geW0P5T9najRnsP72vBs70vLdV2wpk8ZuzL7lY2SklYhNX0IyJMfMNemV+neQXQKp9frGrKUBGrA1AscQPfsldXuecuu8n1HczKm3YXnvc+pJvKh67avbiKWiH3k/zvcE+b4q4V5jqNyY1doxGay+dITC7xpBdstMhmPTi2HT/XCYTpIGn31XP7QUmkhqcO0= ops@example.com'
const rsa1024 =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCa+k+TKI719lIB+y84OmLHl1iplzHwlmvT3Jc2A+WtKpgSPLXmSanNuOEvWnICAzQ7B1XQ9fbN6zaMMNycv9u/o5BtN5a5y6ZjD15qxscgZJxY3UDVz+z6dWGsKn40SUhylLYfXmxQ2nZiRpZ7umnn2aawmbPmvmgRMkemHaMCvw== ops@example.com'

describe('keyProblem', () => {
  it.each([
    [ed25519, 'ssh-ed25519 is not allowed'],
    [`from="10.0.0.0/8" ${ed25519}`, 'ssh-ed25519 is not allowed'],
    ['sk-ssh-ed25519@openssh.com AAAA ops', 'sk-ssh-ed25519@openssh.com is not allowed'],
    ['sk-ecdsa-sha2-nistp256@openssh.com AAAA ops', 'sk-ecdsa-sha2-nistp256@openssh.com is not allowed'],
    ['ssh-dss AAAA ops', 'ssh-dss is not allowed'],
    [rsa1024, 'a 1024-bit RSA key is too short'],
    [rsa3072, null],
    [ecdsa, null],
    ['# a comment', null],
    ['', null],
  ])('%#: %s', (key, problem) => {
    expect(keyProblem(key)).toBe(problem)
  })
})

/** A profile whose only key is right. */
const goodKey = replace(good, [ed25519, ecdsa])
const withLines = (lines: string): string => mistakesIn(goodKey + lines)

describe('fips=1', () => {
  it('rejects the ed25519 key of a login', () => {
    expect(mistakesWith('kernel: {arguments: [fips=1]}\n')).toMatchInlineSnapshot(`
      "profile.yaml:48:9: error[fips/ssh-key]: ops cannot log in with this key in FIPS mode: ssh-ed25519 is not allowed [$.users[0].sshKeys[0]]
         48 |       - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write an RSA key of 3072 bits (ssh-keygen -t rsa -b 3072) or an ECDSA key (ssh-keygen -t ecdsa -b 384)
        profile.yaml:49:22: enabled here
        source: https://access.redhat.com/solutions/3643252
      "
    `)
  })

  it('accepts keys that the policy allows, on installer and installed system', () => {
    expect(withLines('kernel: {arguments: [fips=1]}\n')).toBe('')
    expect(withLines('roles: {worker: {kernel: {arguments: [{argument: fips=1, appliesTo: both}]}}}\n')).toBe(
      '',
    )
  })

  it.each(['fips=0', 'fips=', 'fips=x', 'fips_mode=1', '{argument: fips=1, appliesTo: installer}'])(
    'is not enabled for the installed system by %s',
    (argument) => {
      expect(
        mistakesWith(`kernel: {arguments: ["${argument}"]}\n`.replace(/"(\{.*\})"/, '$1')),
      ).not.toContain('fips/ssh-key')
    },
  )

  it('of one machine or role concerns all logins, which all machines have', () => {
    expect(mistakesWith('roles: {worker: {kernel: {arguments: [fips=1]}}}\n')).toContain(
      'error[fips/ssh-key]',
    )
  })

  it('rejects other settings that FIPS does not allow', () => {
    expect(
      withLines(
        [
          'kernel: {arguments: [fips=1], modules: [wireguard], package: elrepo-lt}',
          'files:',
          '  - {path: /etc/ssh/ssh_host_ed25519_key.pub, content: x}',
          '  - path: /etc/ssh/sshd_config.d/50-own.conf',
          '    content: |',
          '      # Ciphers chacha20-poly1305@openssh.com',
          '      HostKey /etc/ssh/ssh_host_rsa_key',
          '      HostKey /etc/ssh/ssh_host_ed25519_key',
          '      Ciphers aes256-gcm@openssh.com,chacha20-poly1305@openssh.com',
          '      MACs -umac-64@openssh.com,hmac-md5',
          '  - path: /home/ops/.ssh/authorized_keys',
          '    content: |',
          '      # none',
          `      ${ed25519}`,
          `      ${ecdsa}`,
          '',
        ].join('\n'),
      ).replaceAll(/ssh-ed25519 AAAA\S+/g, 'ssh-ed25519 AAAA…'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:49:41: error[fips/module]: wireguard does not load in FIPS mode: its ciphers are not allowed [$.kernel.modules[0]]
         49 | kernel: {arguments: [fips=1], modules: [wireguard], package: elrepo-lt}
            |                                         ^^^^^^^^^
        hint: remove it, or fips=1
        profile.yaml:49:22: enabled here
        source: https://gitlab.com/cki-project/kernel-ark/-/merge_requests/994

      profile.yaml:49:62: warning[kernel/secure-boot]: ELRepo kernels are not signed: with Secure Boot, balancer-1 would not boot one [$.kernel.package]
         49 | kernel: {arguments: [fips=1], modules: [wireguard], package: elrepo-lt}
            |                                                              ^^^^^^^^^
        hint: disable Secure Boot in the firmware before installation (otherwise the first boot stops before its reboot and reports it), or remove package
        source: https://elrepo.org/wiki/doku.php?id=secureboot

      profile.yaml:49:62: error[fips/kernel]: ELRepo kernels are not validated modules, but machines start with fips=1 [$.kernel.package]
         49 | kernel: {arguments: [fips=1], modules: [wireguard], package: elrepo-lt}
            |                                                              ^^^^^^^^^
        hint: remove kernel.package, or fips=1

      profile.yaml:51:12: error[fips/host-key]: sshd does not use a host key of type ed25519 in FIPS mode [$.files[0].path]
         51 |   - {path: /etc/ssh/ssh_host_ed25519_key.pub, content: x}
            |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove the file: the machine creates its own RSA and ECDSA keys
        profile.yaml:49:22: enabled here
        source: https://access.redhat.com/solutions/3643252

      profile.yaml:51:12: error[files/system]: /etc/ssh/ssh_host_ed25519_key.pub replaces the system's file completely: all machines would share one host key [$.files[0].path]
         51 |   - {path: /etc/ssh/ssh_host_ed25519_key.pub, content: x}
            |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it: each machine creates its own at its first boot
        source: sshd(8)

      profile.yaml:56:15: error[fips/ssh-algorithm]: FIPS mode does not allow /etc/ssh/ssh_host_ed25519_key in sshd [$.files[1].content]
         56 |       HostKey /etc/ssh/ssh_host_ed25519_key
            |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it: the crypto policy determines what sshd uses
        profile.yaml:49:22: enabled here
        source: https://access.redhat.com/solutions/3643252

      profile.yaml:57:38: error[fips/ssh-algorithm]: FIPS mode does not allow chacha20-poly1305@openssh.com in sshd [$.files[1].content]
         57 |       Ciphers aes256-gcm@openssh.com,chacha20-poly1305@openssh.com
            |                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it: the crypto policy determines what sshd uses
        profile.yaml:49:22: enabled here
        source: https://access.redhat.com/solutions/3643252

      profile.yaml:62:7: error[fips/ssh-key]: this key cannot log in in FIPS mode: ssh-ed25519 is not allowed [$.files[2].content]
         62 |       ssh-ed25519 AAAA… ops@example.com
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write an RSA key of 3072 bits or an ECDSA key
        profile.yaml:49:22: enabled here
        source: https://access.redhat.com/solutions/3643252
      "
    `)
  })

  it.each([
    '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7',
    '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
  ])('warns about a password hash with a method that FIPS does not approve: %s', (hash) => {
    const text = replace(`${goodKey}kernel: {arguments: [fips=1]}\n`, [
      'name: ops',
      `name: ops\n    passwordHash: ${hash}`,
    ])
    expect(mistakesIn(text)).toContain(
      'warning[fips/password]: the password of ops is hashed with a method that FIPS does not approve',
    )
  })

  it('must be on both command lines, because the installer prepares the system with it', () => {
    expect(withLines('kernel: {arguments: [{argument: fips=1, appliesTo: installed}]}\n'))
      .toMatchInlineSnapshot(`
      "profile.yaml:49:52: error[fips/installer]: fips=1 must be on the command line of both the installer and the installed system [$.kernel.arguments[0].appliesTo]
         49 | kernel: {arguments: [{argument: fips=1, appliesTo: installed}]}
            |                                                    ^^^^^^^^^
        hint: remove appliesTo: with fips=1, the installer creates suitable keys, initrd and crypto policy
        source: https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/security_hardening/switching-rhel-to-fips-mode_security-hardening
      "
    `)
  })

  it.each([
    ['ubuntu', '24.04'],
    ['debian', '13'],
  ])('does not enable FIPS mode by itself on %s %s', (name, version) => {
    const text = replace(
      `${goodKey}kernel: {arguments: [fips=1]}\n`,
      ['name: rocky', `name: ${name}`],
      ['version: "9"', `version: "${version}"`],
    )
    expect(mistakesIn(text)).toContain('warning[fips/distribution]')
  })
})
