import { describe, expect, it } from 'vitest'
import { good, mistakesIn, mistakesWith, replace } from '../mistakes.ts'

const messages = (text: string): string[] => text.split('\n').filter((line) => /error\[|warning\[/.test(line))
const sysctl = (line: string) => messages(mistakesWith(`sysctls:\n  ${line}\n`))
const on = (name: string, version: string, line: string) =>
  messages(
    mistakesIn(
      `${replace(good, ['name: rocky', `name: ${name}`], ['version: "9"', `version: "${version}"`])}sysctls:\n  ${line}\n`,
    ),
  ).filter((message) => message.includes('sysctls/'))

const images = (digit: string): string => `images: {amd64: {path: ${digit}.raw, sha256: ${digit.repeat(64)}}}`

it('the kernels of a release are those of all its machines, even if they are installed from different images', () => {
  const text = replace(
    good,
    ['  version: "9"\n', `  version: "9"\n  install: image\n  ${images('a')}\n`],
    [
      '\nmachines:\n',
      `\nroles:\n  worker: {kernel: {package: elrepo-ml}, distribution: {${images('b')}}}\nmachines:\n`,
    ],
  )
  const found = messages(mistakesIn(`${text}sysctls:\n  kernel.sched_child_runs_first: 1\n`))
  expect(found.filter((message) => message.includes('sysctls/'))).toEqual([])
})

describe('names of kernel settings', () => {
  it('are an error with the right name if they are misspelt', () => {
    expect(
      mistakesWith(
        'sysctls:\n  vm.swapiness: 10\n  net/ipv4/conf/eth0/rp_filtr: 1\n  net.ipv4.somaxconn: 4096\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:3: error[sysctls/misspelt]: the kernel has no setting "vm.swapiness" [$.sysctls["vm.swapiness"]]
         50 |   vm.swapiness: 10
            |   ^^^^^^^^^^^^
        hint: did you mean vm.swappiness?
        source: https://docs.kernel.org/admin-guide/sysctl/index.html

      profile.yaml:51:3: error[sysctls/misspelt]: the kernel has no setting "net/ipv4/conf/eth0/rp_filtr" [$.sysctls["net/ipv4/conf/eth0/rp_filtr"]]
         51 |   net/ipv4/conf/eth0/rp_filtr: 1
            |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: did you mean net.ipv4.conf.eth0.rp_filter?
        source: https://docs.kernel.org/admin-guide/sysctl/index.html

      profile.yaml:52:3: error[sysctls/misspelt]: the kernel has no setting "net.ipv4.somaxconn" [$.sysctls["net.ipv4.somaxconn"]]
         52 |   net.ipv4.somaxconn: 4096
            |   ^^^^^^^^^^^^^^^^^^
        hint: did you mean net.core.somaxconn?
        source: https://docs.kernel.org/admin-guide/sysctl/index.html
      "
    `)
  })

  it('cause a warning if no kernel has them, because a module may provide them', () => {
    expect(mistakesWith('sysctls:\n  lnet.debug: 1\n  kernel.exec-shield: 1\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:3: warning[sysctls/unknown]: no kernel known to hakube has "lnet.debug" [$.sysctls["lnet.debug"]]
         50 |   lnet.debug: 1
            |   ^^^^^^^^^^
        hint: check the name; if a kernel module provides it, add the module to kernel.modules and write -lnet.debug
        source: https://docs.kernel.org/admin-guide/sysctl/index.html

      profile.yaml:51:3: warning[sysctls/unknown]: no kernel known to hakube has "kernel.exec-shield" [$.sysctls["kernel.exec-shield"]]
         51 |   kernel.exec-shield: 1
            |   ^^^^^^^^^^^^^^^^^^
        hint: check the name; if a kernel module provides it, add the module to kernel.modules and write -kernel.exec-shield
        source: https://docs.kernel.org/admin-guide/sysctl/index.html
      "
    `)
  })

  it('cause a hint with the directory if it is missing', () => {
    expect(mistakesWith('sysctls:\n  ip_forward: 1\n  swapiness: 1\n  whatever: 1\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:3: error[sysctls/key]: "ip_forward" is not a kernel setting [$.sysctls.ip_forward]
         50 |   ip_forward: 1
            |   ^^^^^^^^^^
        hint: did you mean net.ipv4.ip_forward?
        source: sysctl.d(5)

      profile.yaml:51:3: error[sysctls/key]: "swapiness" is not a kernel setting [$.sysctls.swapiness]
         51 |   swapiness: 1
            |   ^^^^^^^^^
        hint: did you mean vm.swappiness?
        source: sysctl.d(5)

      profile.yaml:52:3: error[sysctls/key]: "whatever" is not a kernel setting [$.sysctls.whatever]
         52 |   whatever: 1
            |   ^^^^^^^^
        hint: write the name as sysctl -a prints it, e.g. net.core.somaxconn
        source: sysctl.d(5)
      "
    `)
  })

  it('may be optional, unless they are misspelt', () => {
    expect(sysctl('-lnet.debug: 1')).toEqual([])
    expect(sysctl('-kernel.sched_migration_cost_ns: 1')).toEqual([])
    expect(sysctl('-vm.swapiness: 1')).toEqual([
      expect.stringContaining('warning[sysctls/unknown]: no kernel known to hakube has "-vm.swapiness"'),
    ])
  })

  it('cause only one message if old advice concerns them', () => {
    expect(sysctl('net.ipv4.tcp_tw_recycle: 1')).toEqual([
      expect.stringContaining('error[old-advice/tcp-tw-recycle]'),
    ])
    expect(sysctl('net.ipv4.ip_conntrack_max: 65536')).toEqual([
      expect.stringContaining('error[old-advice/ip-conntrack]'),
    ])
  })

  it('are an error if the kernel no longer has them', () => {
    expect(mistakesWith('sysctls:\n  kernel.sched_migration_cost_ns: 5000000\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:3: error[sysctls/other-kernel]: kernel.sched_migration_cost_ns no longer exists in the kernel of Rocky Linux 9, which is 5.14 [$.sysctls["kernel.sched_migration_cost_ns"]]
         50 |   kernel.sched_migration_cost_ns: 5000000
            |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it, or write -kernel.sched_migration_cost_ns to allow it to be missing
      "
    `)
  })

  it.each([
    [
      'debian',
      '12',
      'kernel.sched_latency_ns: 10000000',
      'no longer exists in the kernel of Debian 12, which is 6.1',
    ],
    [
      'debian',
      '12',
      'kernel.io_uring_disabled: 2',
      'does not exist yet in the kernel of Debian 12, which is 6.1',
    ],
    [
      'ubuntu',
      '22.04',
      'kernel.sched_min_granularity_ns: 10000000',
      'no longer exists in the kernel of Ubuntu 22.04, which is 5.15',
    ],
    [
      'debian',
      '13',
      'kernel.sched_child_runs_first: 1',
      'no longer exists in the kernel of Debian 13, which is 6.12',
    ],
  ])('%s %s: %s', (name, version, line, message) => {
    expect(on(name, version, line)).toEqual([expect.stringContaining(message)])
  })

  it.each([
    ['debian', '13', 'kernel.io_uring_disabled: 2'],
    ['ubuntu', '24.04', 'kernel.io_uring_disabled: 2'],
    ['ubuntu', '24.04', 'kernel.apparmor_restrict_unprivileged_userns: 0'],
    ['rocky', '9', 'kernel.io_uring_disabled: 2'],
    ['debian', '12', 'kernel.unprivileged_userns_clone: 1'],
    ['centos', '7', 'kernel.sched_migration_cost_ns: 5000000'],
  ])('%s %s: %s is accepted', (name, version, line) => {
    expect(on(name, version, line)).toEqual([])
  })

  it('cause a warning if misspelt for a kernel that is older than the lists', () => {
    expect(on('centos', '7', 'vm.swapiness: 10')).toEqual([
      expect.stringContaining('warning[sysctls/unknown]'),
    ])
  })

  it('cause a warning in files of sysctl.d, at the line', () => {
    const lines = [
      'files:',
      '  - path: /etc/sysctl.d/50-own.conf',
      '    content: |',
      '      vm.swappiness = 10',
      '      vm.max_map_cuont=262144',
      '      -vm.new_thing = 1',
      '  - path: /usr/local/bin/a',
      '    content: |',
      '      #!/bin/bash',
      '      sysctl vm.swapiness=10',
    ]
    expect(mistakesWith(`${lines.join('\n')}\n`)).toMatchInlineSnapshot(`
      "profile.yaml:53:7: warning[sysctls/unknown]: no kernel known to hakube has "vm.max_map_cuont" [$.files[0].content]
         53 |       vm.max_map_cuont=262144
            |       ^^^^^^^^^^^^^^^^^^^^^^^
        hint: did you mean vm.max_map_count?
        source: https://docs.kernel.org/admin-guide/sysctl/index.html
      "
    `)
  })
})

describe('values of kernel settings', () => {
  it('are errors with the accepted values if the kernel rejects them', () => {
    const lines = [
      'vm.swappiness: sixty',
      'vm.overcommit_memory: 3',
      'net.ipv4.tcp_rmem: "4096 131072"',
      'net.core.somaxconn: "4096 8192"',
      'net.core.rmem_max: 4294967296',
      'kernel.osrelease: "6.1"',
      'net.ipv4.conf.all.rp_filter: "on"',
      'kernel.pid_max: "0x400000"',
      'net.ipv4.ip_local_port_range: 1024-65535',
      'vm.dirty_background_bytes: 0',
      'fs.file-max: -1',
      'kernel.panic: "010"',
    ]
    expect(mistakesWith(`sysctls:\n${lines.map((line) => `  ${line}\n`).join('')}`)).toMatchInlineSnapshot(`
      "profile.yaml:50:18: error[sysctls/value]: vm.swappiness cannot be "sixty": the kernel accepts a number from 0 to 200 [$.sysctls["vm.swappiness"]]
         50 |   vm.swappiness: sixty
            |                  ^^^^^
        hint: write a number from 0 to 200

      profile.yaml:51:25: error[sysctls/value]: vm.overcommit_memory cannot be 3: the kernel accepts a number from 0 to 2 [$.sysctls["vm.overcommit_memory"]]
         51 |   vm.overcommit_memory: 3
            |                         ^
        hint: write a number from 0 to 2

      profile.yaml:52:22: error[sysctls/value]: net.ipv4.tcp_rmem has 2 numbers, but the kernel expects 3 numbers [$.sysctls["net.ipv4.tcp_rmem"]]
         52 |   net.ipv4.tcp_rmem: "4096 131072"
            |                      ^^^^^^^^^^^^^
        hint: write 3 numbers separated by spaces

      profile.yaml:53:23: error[sysctls/value]: net.core.somaxconn has 2 numbers, but the kernel expects 1 number [$.sysctls["net.core.somaxconn"]]
         53 |   net.core.somaxconn: "4096 8192"
            |                       ^^^^^^^^^^^
        hint: write a number from 0 to 2147483647

      profile.yaml:54:22: error[sysctls/value]: net.core.rmem_max cannot be 4294967296: the kernel accepts a number [$.sysctls["net.core.rmem_max"]]
         54 |   net.core.rmem_max: 4294967296
            |                      ^^^^^^^^^^
        hint: write a number

      profile.yaml:55:21: error[sysctls/value]: kernel.osrelease is read-only [$.sysctls["kernel.osrelease"]]
         55 |   kernel.osrelease: "6.1"
            |                     ^^^^^
        hint: remove it

      profile.yaml:56:32: error[sysctls/value]: net.ipv4.conf.all.rp_filter cannot be "on": the kernel accepts a number [$.sysctls["net.ipv4.conf.all.rp_filter"]]
         56 |   net.ipv4.conf.all.rp_filter: "on"
            |                                ^^^^
        hint: write a number

      profile.yaml:57:19: error[sysctls/value]: the kernel shows "0x400000" of kernel.pid_max as 4194304 [$.sysctls["kernel.pid_max"]]
         57 |   kernel.pid_max: "0x400000"
            |                   ^^^^^^^^^^
        hint: write 4194304

      profile.yaml:58:33: error[sysctls/value]: net.ipv4.ip_local_port_range cannot be "1024-65535": the kernel accepts 2 numbers [$.sysctls["net.ipv4.ip_local_port_range"]]
         58 |   net.ipv4.ip_local_port_range: 1024-65535
            |                                 ^^^^^^^^^^
        hint: write 2 numbers

      profile.yaml:59:30: error[sysctls/value]: vm.dirty_background_bytes cannot be 0: the kernel accepts a number from 1 [$.sysctls["vm.dirty_background_bytes"]]
         59 |   vm.dirty_background_bytes: 0
            |                              ^
        hint: write a number from 1

      profile.yaml:60:16: error[sysctls/value]: fs.file-max cannot be -1: the kernel accepts a number from 0 [$.sysctls["fs.file-max"]]
         60 |   fs.file-max: -1
            |                ^^
        hint: write a number from 0

      profile.yaml:61:17: error[sysctls/value]: the kernel shows "010" of kernel.panic as 8 [$.sysctls["kernel.panic"]]
         61 |   kernel.panic: "010"
            |                 ^^^^^
        hint: write 8
      "
    `)
  })

  it.each([
    'vm.swappiness: 200',
    'net.ipv4.tcp_rmem: "4096\\t131072  6291456"',
    'net.ipv4.ip_local_port_range: "1024 65535"',
    'net.ipv4.conf.*.rp_filter: 2',
    'kernel.core_pattern: "|/usr/share/apport/apport -p%p"',
    'net.ipv4.tcp_congestion_control: bbr',
    'net.core.default_qdisc: fq',
    'kernel.shmmax: "18446744073692774399"',
    'net.ipv4.ping_group_range: "0 2147483647"',
    'net.ipv4.ip_local_reserved_ports: 30000-32767',
    'kernel.printk: "4 4 1 7"',
    'fs.nr_open: 1048576',
    'net.netfilter.nf_conntrack_tcp_timeout_established: 86400',
    'vm.lowmem_reserve_ratio: "256 256 32 0 0"',
    'kernel.panic: -1',
    'kernel.hostname: a',
    'kernel.sem: "250 32000 100 128"',
  ])('%s is accepted', (line) => {
    expect(sysctl(line)).toEqual([])
  })
})

describe('ranges of ports', () => {
  it.each([
    [
      'net.ipv4.ip_local_port_range: 60999 32768',
      'cannot be "60999 32768": the kernel accepts the first and the last of a range of ports',
    ],
    [
      'net.ipv4.ip_local_port_range: 1024 70000',
      'cannot be "1024 70000": the kernel accepts the first and the last of a range of ports',
    ],
    [
      'net.ipv4.ip_local_port_range: 80 60999',
      'cannot begin at 80: the kernel accepts no ports below 1024 here',
    ],
    [
      'net.ipv4.ip_local_reserved_ports: 6443;8443',
      'cannot be "6443;8443": the kernel accepts a list of ports and ranges',
    ],
  ])('%s', (line, message) => {
    const key = line.split(':', 1)[0] ?? ''
    expect(sysctl(line)).toEqual([expect.stringContaining(`error[sysctls/value]: ${key} ${message}`)])
  })
  it.each([
    'net.ipv4.ip_local_port_range: 1024 65535',
    'net.ipv4.ip_local_port_range: "32768\t60999"',
    'net.ipv4.ip_local_reserved_ports: 6443,8443-8444',
    'net.ipv4.ip_local_reserved_ports: 30000-32767',
  ])('%s is accepted', (line) => {
    expect(sysctl(line)).toEqual([])
  })
})
