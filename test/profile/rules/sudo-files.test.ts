import { describe, expect, it } from 'vitest'
import { good, mistakesIn, mistakesWith, replace } from '../mistakes.ts'

const file = (text: string, name = 'zz-site'): string =>
  `files: [{path: /etc/sudoers.d/${name}, mode: "0440", content: ${JSON.stringify(text)}}]\n`

describe('files of sudo', () => {
  it('are reported if they require a terminal', () => {
    expect(mistakesWith(file('Defaults requiretty\n'))).toMatchInlineSnapshot(`
      "profile.yaml:49:63: error[files/sudo]: with requiretty, sudo does not work without a terminal: the check of the machine, hakube apply and scripts over SSH fail [$.files[0].content]
         49 | files: [{path: /etc/sudoers.d/zz-site, mode: "0440", content: "Defaults requiretty\\n"}]
            |                                                               ^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it; use_pty gives the same protection
        source: sudoers(5)
      "
    `)
  })
  it('are reported if they come later and require a password', () => {
    expect(mistakesWith(file('%wheel ALL=(ALL) ALL\n'))).toMatchInlineSnapshot(`
      "profile.yaml:49:63: error[files/sudo]: sudo would ask ops for a password, because this line comes after hakube's own [$.files[0].content]
         49 | files: [{path: /etc/sudoers.d/zz-site, mode: "0440", content: "%wheel ALL=(ALL) ALL\\n"}]
            |                                                               ^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write NOPASSWD:ALL, give the file a name before hakube, or write sudo: password under users
        source: sudoers(5)
      "
    `)
  })
  it.each([
    'ops ALL=(ALL) ALL',
    'ops ALL=(ALL:ALL) PASSWD: ALL',
    'ALL ALL=(ALL) ALL',
    'ops ALL=(ALL) NOPASSWD: ALL\nops ALL = ALL',
    'Defaults:ops requiretty',
    'Defaults use_pty, requiretty',
  ])('%s', (text) => {
    expect(mistakesWith(file(text))).toContain('error[files/sudo]')
  })
  it.each([
    'Defaults use_pty',
    'Defaults !requiretty',
    '# Defaults requiretty',
    'ops ALL=(ALL) NOPASSWD: ALL',
    'ops ALL=(ALL) NOPASSWD: SETENV: ALL',
    'ops ALL=(ALL) ALL\nops ALL=(ALL) NOPASSWD:ALL',
    'backup ALL=(ALL) ALL',
    '%operators ALL=(ALL) ALL',
    'ops ALL=(root) /usr/bin/rsync',
  ])('are accepted: %s', (text) => {
    expect(mistakesWith(file(text))).not.toContain('files/sudo')
  })
  it('are accepted if they come earlier, or concern users with a password', () => {
    expect(mistakesWith(file('%wheel ALL=(ALL) ALL\n', '10-site'))).not.toContain('files/sudo')
    expect(
      mistakesIn(
        replace(good, ['name: ops\n', 'name: ops\n    sudo: false\n']) + file('ops ALL=(ALL) ALL\n'),
      ),
    ).not.toContain('files/sudo')
  })
})
