import { describe, expect, it } from 'vitest'
import { good, mistakes, mistakesIn, mistakesWith, replace } from '../mistakes.ts'

const list = (...items: string[]): string => mistakesWith(`kernel: {arguments: [${items.join(', ')}]}\n`)

describe('kernel arguments', () => {
  it('may be a text, or a mapping with their scope', () => {
    expect(
      list(
        'nomodeset',
        '{argument: mitigations=off}',
        '{argument: inst.sshd, appliesTo: installer}',
        '{argument: ip=dhcp, appliesTo: installed}',
        '{argument: quiet, appliesTo: both}',
      ),
    ).toBe('')
    expect(list('{argument: quiet, appliesTo: target}', '{appliesTo: both}', '7')).toMatchInlineSnapshot(`
      "profile.yaml:49:51: error[schema/unknown-value]: "target" is not a valid value of appliesTo [$.kernel.arguments[0].appliesTo]
         49 | kernel: {arguments: [{argument: quiet, appliesTo: target}, {appliesTo: both}, 7]}
            |                                                   ^^^^^^
        hint: allowed: both, installer, installed

      profile.yaml:49:60: error[schema/missing-key]: the key argument is missing [$.kernel.arguments[1].argument]
         49 | kernel: {arguments: [{argument: quiet, appliesTo: target}, {appliesTo: both}, 7]}
            |                                                            ^^^^^^^^^^^^^^^^^
        hint: write argument: crashkernel=256M (Argument)

      profile.yaml:49:79: error[schema/wrong-type]: expected a string or a mapping but YAML read the number 7 [$.kernel.arguments[2]]
         49 | kernel: {arguments: [{argument: quiet, appliesTo: target}, {appliesTo: both}, 7]}
            |                                                                               ^
        hint: quote it: "7"
      "
    `)
  })

  it('are rejected if hakube, the installer or the boot loader sets them', () => {
    expect(
      list(
        'ip=dhcp',
        '{argument: root=/dev/sda1, appliesTo: installed}',
        '{argument: BOOTIF=x, appliesTo: installer}',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:49:22: error[kernel/argument-own]: "ip=dhcp": hakube sets ip itself [$.kernel.arguments[0]]
         49 | kernel: {arguments: [ip=dhcp, {argument: root=/dev/sda1, appliesTo: installed}, {argument: BOOTIF=x, appliesT…
            |                      ^^^^^^^
        hint: remove it, or add appliesTo: installed to it

      profile.yaml:49:42: error[kernel/argument-own]: "root=/dev/sda1": the installer sets root itself [$.kernel.arguments[1].argument]
         49 | …: {arguments: [ip=dhcp, {argument: root=/dev/sda1, appliesTo: installed}, {argument: BOOTIF=x, appliesTo: in…
            |                                     ^^^^^^^^^^^^^^
        hint: remove it

      profile.yaml:49:92: error[kernel/argument-own]: "BOOTIF=x": the boot loader sets BOOTIF itself [$.kernel.arguments[2].argument]
         49 | …nts: [ip=dhcp, {argument: root=/dev/sda1, appliesTo: installed}, {argument: BOOTIF=x, appliesTo: installer}]}
            |                                                                              ^^^^^^^^
        hint: remove it
      "
    `)
  })

  it.each([
    [
      'ubuntu',
      '"24.04"',
      'autoinstall',
      ['url=http://x/y.iso', 'ds=nocloud', 'autoinstall', 'cloud-config-url=x'],
    ],
    [
      'debian',
      '"13"',
      'preseed',
      ['auto=false', 'priority=low', 'netcfg/get_ipaddress=10.0.0.1', 'preseed/url=http://x'],
    ],
    ['debian', '"12"', 'live', ['boot=x', 'fetch=http://x', 'network-config=x', 'components=1']],
    ['rocky', '"9"', 'kickstart', ['inst.ks=http://x', 'inst.repo=http://x', 'inst.text', 'initrd=x']],
  ])('are rejected if the install method sets them itself: %s %s by %s', (name, version, install, given) => {
    const text = replace(
      `${good}kernel: {arguments: ${JSON.stringify(given)}}\n`,
      ['name: rocky', `name: ${name}\n  install: ${install}`],
      ['version: "9"', `version: ${version}`],
    )
    const found = [...mistakesIn(text).matchAll(/error\[kernel\/argument-own\]: "([^"]+)"/g)].map(
      ([, each]) => each,
    )
    expect(found).toEqual(given)
  })

  it("are rejected if they end the kernel's own arguments", () => {
    expect(list('--', '---')).toMatchInlineSnapshot(`
      "profile.yaml:49:22: error[kernel/argument]: "--" is not valid on a kernel command line [$.kernel.arguments[0]]
         49 | kernel: {arguments: [--, ---]}
            |                      ^^
        hint: remove it; to keep an argument from the installer, write appliesTo: installed

      profile.yaml:49:26: error[kernel/argument]: "---" is not valid on a kernel command line [$.kernel.arguments[1]]
         49 | kernel: {arguments: [--, ---]}
            |                          ^^^
        hint: remove it; to keep an argument from the installer, write appliesTo: installed
      "
    `)
  })

  it('are rejected twice in one list', () => {
    expect(list('quiet', '{argument: quiet, appliesTo: installed}')).toMatchInlineSnapshot(`
      "profile.yaml:49:40: error[kernel/argument-twice]: the kernel argument "quiet" is in this list twice [$.kernel.arguments[1].argument]
         49 | kernel: {arguments: [quiet, {argument: quiet, appliesTo: installed}]}
            |                                        ^^^^^
        hint: keep one: without appliesTo it applies to both the installer and the installed system
        profile.yaml:49:22: first written here
      "
    `)
  })

  it('cause a warning for a missing installer', () => {
    expect(
      mistakes(
        ['name: rocky\n  version: "9"', 'name: debian\n  version: "12"\n  install: live'],
        ['users:', 'kernel: {arguments: [{argument: quiet, appliesTo: installer}]}\nusers:'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:7:12: warning[secrets/inline-by-default]: machines that run from memory cannot enrol, so the seeds contain the secrets in clear text: while a machine is armed, anyone who can reach the server can read them [$.distribution.install]
          7 |   install: live
            |            ^^^^
        hint: install the machines to their disks, or write secrets: {delivery: inline} if this is meant

      profile.yaml:46:51: warning[kernel/applies-to]: "quiet" applies only to the installer, but machines that run from memory have none [$.kernel.arguments[0].appliesTo]
         46 | kernel: {arguments: [{argument: quiet, appliesTo: installer}]}
            |                                                   ^^^^^^^^^
        hint: remove appliesTo, or the argument
      "
    `)
  })

  it('are found in a mapping too if they are old advice or conflict with the profile', () => {
    expect(list('{argument: cgroup_enable=memory}')).toMatchInlineSnapshot(`
      "profile.yaml:49:33: warning[old-advice/cgroup-enable]: cgroup_enable=memory has no effect: the memory controller is enabled by default [$.kernel.arguments[0].argument]
         49 | kernel: {arguments: [{argument: cgroup_enable=memory}]}
            |                                 ^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: https://docs.kernel.org/admin-guide/kernel-parameters.html
      "
    `)
  })
})
