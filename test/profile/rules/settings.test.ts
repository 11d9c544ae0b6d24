import { describe, expect, it } from 'vitest'
import { stages } from '../../../src/profile/stages.ts'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakesWith } from '../mistakes.ts'

describe('settings', () => {
  it('reports commands with malformed or duplicate names', () => {
    expect(
      mistakesWith(
        'commands:\n  - {name: "Register Asset", run: "true"}\n  - {name: a, run: " "}\n  - {name: a, run: "true"}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:12: error[commands/name]: "Register Asset" is not a command name [$.commands[0].name]
         50 |   - {name: "Register Asset", run: "true"}
            |            ^^^^^^^^^^^^^^^^
        hint: write register-asset

      profile.yaml:51:12: error[commands/empty]: the command a does nothing [$.commands[1].name]
         51 |   - {name: a, run: " "}
            |            ^
        hint: remove it

      profile.yaml:52:12: error[commands/duplicate]: the command a is in this list twice [$.commands[2].name]
         52 |   - {name: a, run: "true"}
            |            ^
        hint: rename one: logs are named after their commands
        profile.yaml:51:12: first used here
      "
    `)
  })
  it('reports stages of commands that do not exist or contradict each other', () => {
    expect(
      mistakesWith(
        `commands:
  - {name: a, run: "true", before: package}
  - {name: b, run: "true", after: containerd}
  - {name: c, run: "true", after: kubeadm, before: packages}
  - {name: d, run: "true", after: etcd, before: etcd}
`,
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:36: error[schema/unknown-value]: "package" is not a valid value of before [$.commands[0].before]
         50 |   - {name: a, run: "true", before: package}
            |                                    ^^^^^^^
        hint: did you mean packages? allowed: network, trust, packages, kernel, time, users, firewall, load-balancing, container-runtime, etcd, network-plugin, kubeadm, manifests

      profile.yaml:51:35: error[schema/unknown-value]: "containerd" is not a valid value of after [$.commands[1].after]
         51 |   - {name: b, run: "true", after: containerd}
            |                                   ^^^^^^^^^^
        hint: allowed: network, trust, packages, kernel, time, users, firewall, load-balancing, container-runtime, etcd, network-plugin, kubeadm, manifests

      profile.yaml:52:52: error[commands/order]: the command c cannot run after kubeadm and before packages, because packages comes first [$.commands[2].before]
         52 |   - {name: c, run: "true", after: kubeadm, before: packages}
            |                                                    ^^^^^^^^
        hint: keep one of the two; the order is network, trust, packages, kernel, time, users, firewall, load-balancing, container-runtime, etcd, network-plugin, kubeadm, manifests
        profile.yaml:52:35: after is set here

      profile.yaml:53:49: error[commands/order]: the command d cannot run both before and after etcd [$.commands[3].before]
         53 |   - {name: d, run: "true", after: etcd, before: etcd}
            |                                                 ^^^^
        hint: keep one of the two; the order is network, trust, packages, kernel, time, users, firewall, load-balancing, container-runtime, etcd, network-plugin, kubeadm, manifests
        profile.yaml:53:35: after is set here
      "
    `)
  })
  it('accepts a command after any stage and before any later one, and no other', () => {
    const places = stages.flatMap((after, index) =>
      stages.map((before, other) => ({ after, before, ok: index < other })),
    )
    const lines = places.map(
      ({ after, before }, index) =>
        `  - {name: c${index}, run: "true", after: ${after}, before: ${before}}\n`,
    )
    const { diagnostics } = parseProfile(`${good}commands:\n${lines.join('')}`, 'profile.yaml')
    expect(diagnostics.map(({ code, path }) => `${code} ${path?.join('.')}`)).toEqual(
      places.flatMap(({ ok }, index) => (ok ? [] : [`commands/order commands.${index}.before`])),
    )
  })
  it('reports malformed names of packages', () => {
    expect(mistakesWith('packages: ["tcpdump strace", "-y"]\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:12: error[packages/name]: "tcpdump strace" is not a package name [$.packages[0]]
         49 | packages: ["tcpdump strace", "-y"]
            |            ^^^^^^^^^^^^^^^^
        hint: write one name per list item, e.g. tcpdump

      profile.yaml:49:30: error[packages/name]: "-y" is not a package name [$.packages[1]]
         49 | packages: ["tcpdump strace", "-y"]
            |                              ^^^^
        hint: write one name per list item, e.g. tcpdump
      "
    `)
  })
  it('reports packages that apt or a check would read as something else', () => {
    expect(mistakesWith('packages: [nano-, "curl=7.88*", "@core", "libc6:i386", "g++"]\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:49:12: error[packages/name]: "nano-" is not a package name: apt removes packages that are named with a trailing dash [$.packages[0]]
           49 | packages: [nano-, "curl=7.88*", "@core", "libc6:i386", "g++"]
              |            ^^^^^
          hint: write a plain name, e.g. tcpdump; versions, patterns and groups need a command of your own

        profile.yaml:49:19: error[packages/name]: "curl=7.88*" is not a package name [$.packages[1]]
           49 | packages: [nano-, "curl=7.88*", "@core", "libc6:i386", "g++"]
              |                   ^^^^^^^^^^^^
          hint: write a plain name, e.g. tcpdump; versions, patterns and groups need a command of your own

        profile.yaml:49:33: error[packages/name]: "@core" is not a package name [$.packages[2]]
           49 | packages: [nano-, "curl=7.88*", "@core", "libc6:i386", "g++"]
              |                                 ^^^^^^^
          hint: write a plain name, e.g. tcpdump; versions, patterns and groups need a command of your own
        "
      `)
  })
  it('reports kernel settings with control characters', () => {
    expect(mistakesWith('sysctls:\n  kernel.core_pattern: "a\\eb"\n  net.ipv4.tcp_rmem: "1\\t2"\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:50:24: error[sysctls/value]: the value of kernel.core_pattern contains a control character [$.sysctls["kernel.core_pattern"]]
           50 |   kernel.core_pattern: "a\\eb"
              |                        ^^^^^^
          hint: write a number or a word

        profile.yaml:51:22: error[sysctls/value]: net.ipv4.tcp_rmem has 2 numbers, but the kernel expects 3 numbers [$.sysctls["net.ipv4.tcp_rmem"]]
           51 |   net.ipv4.tcp_rmem: "1\\t2"
              |                      ^^^^^^
          hint: write 3 numbers separated by spaces
        "
      `)
  })
  it('reports kernel arguments that a boot loader would read as something else', () => {
    expect(
      mistakesWith(
        'kernel:\n  arguments: ["#x", ";", "a&&b", "||", "memmap=1G$2G", "crashkernel=1G-4G:192M,4G-:256M"]\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:15: error[kernel/argument]: "#x" is not valid on a kernel command line [$.kernel.arguments[0]]
         50 |   arguments: ["#x", ";", "a&&b", "||", "memmap=1G$2G", "crashkernel=1G-4G:192M,4G-:256M"]
            |               ^^^^
        hint: write it without a leading # and without { } | & $ ; < >, which boot loaders interpret
        source: https://www.gnu.org/software/grub/manual/grub/grub.html#Shell_002dlike-scripting

      profile.yaml:50:21: error[kernel/argument]: ";" is not valid on a kernel command line [$.kernel.arguments[1]]
         50 |   arguments: ["#x", ";", "a&&b", "||", "memmap=1G$2G", "crashkernel=1G-4G:192M,4G-:256M"]
            |                     ^^^
        hint: write it without a leading # and without { } | & $ ; < >, which boot loaders interpret
        source: https://www.gnu.org/software/grub/manual/grub/grub.html#Shell_002dlike-scripting

      profile.yaml:50:26: error[kernel/argument]: "a&&b" is not valid on a kernel command line [$.kernel.arguments[2]]
         50 |   arguments: ["#x", ";", "a&&b", "||", "memmap=1G$2G", "crashkernel=1G-4G:192M,4G-:256M"]
            |                          ^^^^^^
        hint: write it without a leading # and without { } | & $ ; < >, which boot loaders interpret
        source: https://www.gnu.org/software/grub/manual/grub/grub.html#Shell_002dlike-scripting

      profile.yaml:50:34: error[kernel/argument]: "||" is not valid on a kernel command line [$.kernel.arguments[3]]
         50 |   arguments: ["#x", ";", "a&&b", "||", "memmap=1G$2G", "crashkernel=1G-4G:192M,4G-:256M"]
            |                                  ^^^^
        hint: write it without a leading # and without { } | & $ ; < >, which boot loaders interpret
        source: https://www.gnu.org/software/grub/manual/grub/grub.html#Shell_002dlike-scripting

      profile.yaml:50:40: error[kernel/argument]: "memmap=1G$2G" is not valid on a kernel command line [$.kernel.arguments[4]]
         50 |   arguments: ["#x", ";", "a&&b", "||", "memmap=1G$2G", "crashkernel=1G-4G:192M,4G-:256M"]
            |                                        ^^^^^^^^^^^^^^
        hint: write it without a leading # and without { } | & $ ; < >, which boot loaders interpret
        source: https://www.gnu.org/software/grub/manual/grub/grub.html#Shell_002dlike-scripting
      "
    `)
  })
  it('reports malformed kernel settings', () => {
    expect(mistakesWith('sysctls:\n  "net.core.somaxconn=1": 5\n  vm.swappiness: ""\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:50:3: error[sysctls/key]: "net.core.somaxconn=1" is not a kernel setting [$.sysctls["net.core.somaxconn=1"]]
           50 |   "net.core.somaxconn=1": 5
              |   ^^^^^^^^^^^^^^^^^^^^^^
          hint: write the name as sysctl -a prints it, e.g. net.core.somaxconn
          source: sysctl.d(5)

        profile.yaml:51:18: error[sysctls/value]: the value of vm.swappiness must be one line [$.sysctls["vm.swappiness"]]
           51 |   vm.swappiness: ""
              |                  ^^
          hint: write a number or a word
        "
      `)
  })
  it('reports a misspelt kernel module with the right name', () => {
    expect(mistakesWith('kernel:\n  modules: [br_netfilter, ovrlay, nvidia, ib_ipoib, my_own]\n'))
      .toMatchInlineSnapshot(`
      "profile.yaml:50:27: error[kernel/module-misspelt]: the kernel has no module "ovrlay", and the first boot would never stop trying to load it [$.kernel.modules[1]]
         50 |   modules: [br_netfilter, ovrlay, nvidia, ib_ipoib, my_own]
            |                           ^^^^^^
        hint: did you mean overlay? A module of your own with such a name can be loaded by a file below /etc/modules-load.d
      "
    `)
    expect(mistakesWith('kernel:\n  modules: [/lib/modules/nbd.ko.xz]\n')).toContain(
      'write one name, e.g. nbd;',
    )
  })

  it('reports malformed kernel modules and arguments', () => {
    expect(
      mistakesWith('kernel:\n  modules: ["br_netfilter overlay"]\n  arguments: ["a b", mitigations=auto]\n'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:13: error[kernel/module]: "br_netfilter overlay" is not a kernel module name [$.kernel.modules[0]]
         50 |   modules: ["br_netfilter overlay"]
            |             ^^^^^^^^^^^^^^^^^^^^^^
        hint: write one name, e.g. br_netfilter; module options belong in kernel.arguments as module.option=value

      profile.yaml:51:15: error[kernel/argument]: "a b" is not valid on a kernel command line [$.kernel.arguments[0]]
         51 |   arguments: ["a b", mitigations=auto]
            |               ^^^^^
        hint: write one argument per list item, without spaces and quotes
        source: https://docs.kernel.org/admin-guide/kernel-parameters.html
      "
    `)
  })
  it('reports malformed limits', () => {
    expect(mistakesWith('limits:\n  - {domain: "some body", type: soft, item: nofiles, value: 5}\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:50:14: error[limits/domain]: "some body" is not a user or group [$.limits[0].domain]
           50 |   - {domain: "some body", type: soft, item: nofiles, value: 5}
              |              ^^^^^^^^^^^
          hint: write a user, @group or "*"
          source: limits.conf(5)

        profile.yaml:50:45: error[limits/item]: "nofiles" is not a resource limit [$.limits[0].item]
           50 |   - {domain: "some body", type: soft, item: nofiles, value: 5}
              |                                             ^^^^^^^
          hint: write one of core, data, fsize, memlock, nofile, rss, stack, cpu, nproc, as, maxlogins, maxsyslogins, nonewprivs, priority, locks, sigpending, msgqueue, nice, rtprio
          source: limits.conf(5)
        "
      `)
  })
  it('reports limits that pam_limits reads as something else', () => {
    const lines = [
      ['nofile', -5],
      ['nofile', -1],
      ['nproc', 0],
      ['memlock', 'unlimited'],
      ['nice', -21],
      ['nice', -10],
      ['priority', 'unlimited'],
      ['priority', -20],
      ['nonewprivs', -1],
      ['nonewprivs', 1],
      ['nofile', 1_073_741_816],
      ['nofile', 1_073_741_817],
    ].map(([item, value]) => `  - {domain: "*", type: "-", item: ${item}, value: ${value}}\n`)
    expect(mistakesWith(`limits:\n${lines.join('')}`)).toMatchInlineSnapshot(`
      "profile.yaml:50:51: error[limits/value]: nofile cannot be limited to -5 [$.limits[0].value]
         50 |   - {domain: "*", type: "-", item: nofile, value: -5}
            |                                                   ^^
        hint: write 0 or more, or unlimited
        source: limits.conf(5)

      profile.yaml:54:49: error[limits/value]: nice cannot be -21 [$.limits[4].value]
         54 |   - {domain: "*", type: "-", item: nice, value: -21}
            |                                                 ^^^
        hint: write a number from -20 to 19
        source: limits.conf(5)

      profile.yaml:56:53: error[limits/value]: priority cannot be unlimited [$.limits[6].value]
         56 |   - {domain: "*", type: "-", item: priority, value: unlimited}
            |                                                     ^^^^^^^^^
        hint: write a number from -20 to 19
        source: limits.conf(5)

      profile.yaml:58:55: error[limits/value]: nonewprivs cannot be -1 [$.limits[8].value]
         58 |   - {domain: "*", type: "-", item: nonewprivs, value: -1}
            |                                                       ^^
        hint: write a number from 0 to 1
        source: limits.conf(5)

      profile.yaml:61:51: error[limits/value]: nofile cannot be 1073741817: nobody could log in [$.limits[11].value]
         61 |   - {domain: "*", type: "-", item: nofile, value: 1073741817}
            |                                                   ^^^^^^^^^^
        hint: write at most 1073741816
        source: limits.conf(5)
      "
    `)
  })
})
