import { describe, expect, it } from 'vitest'
import { mixedProfile } from '../../mixed-systems.ts'
import { mistakesIn, replace } from '../mistakes.ts'

const found = (...changes: [from: string, to: string][]): string[] =>
  mistakesIn(replace(mixedProfile, ...changes))
    .split('\n')
    .flatMap((line) => /(?:error|warning)\[.*/.exec(line)?.[0].replace(/ \[\$.*/, '') ?? [])

const balancers: [string, string] = ['{name: debian, version: "13"}', '{name: debian, version: "13"}']
const older = (block: string): [string, string] => ['distribution: {version: "12"}', `distribution: ${block}`]
const withLine = (line: string): [string, string] => ['networkPlugin:', `${line}\nnetworkPlugin:`]

describe('a profile with several operating systems', () => {
  it('is accepted', () => {
    expect(mistakesIn(mixedProfile)).toBe('')
  })

  it.each<[string, [string, string][], string[]]>([
    [
      'a release that nobody knows, at the machine',
      [older('{version: "11"}')],
      [
        'error[distribution/unsupported]: hakube does not install Debian 11: it has had no security updates since 2026-08-31; its long-term support has ended too (balancer-2)',
      ],
    ],
    [
      'a distribution without a version',
      [older('{name: ubuntu}')],
      ['error[distribution/no-version]: ubuntu has no version here (balancer-2)'],
    ],
    [
      'an install method of another distribution',
      [older('{install: kickstart}')],
      ['error[distribution/install]: Debian 13 does not support the install method kickstart (balancer-2)'],
    ],
    [
      'a hash of a password that some of them do not know',
      [
        ['{name: rocky, version: "9"}', '{name: rocky, version: "8"}'],
        ['1.36.4', '1.30.14'],
        [
          'users:\n  - {name: ops,',
          'users:\n  - {name: ops, passwordHash: "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7",',
        ],
      ],
      [
        'error[users/hash-kind]: crypt(3) of Rocky Linux 8 does not support yescrypt ($y$), so ops could not log in with the password (control-1, control-2, control-3)',
        'warning[kubernetes/end-of-life]: Kubernetes 1.30 has had no security updates since 2025-07-15',
      ],
    ],
    [
      'machines of a role without a disk',
      [
        ['hardware: {disk: /dev/sda}\n', ''],
        ['{name: ubuntu, version: "24.04"}', '{name: debian, version: "12", install: live}'],
        ['address: 10.10.10.11}', 'address: 10.10.10.11, disk: /dev/sda}'],
        ['address: 10.10.10.12,', 'address: 10.10.10.12, disk: /dev/sda,'],
        ['address: 10.10.10.21}', 'address: 10.10.10.21, disk: /dev/sda}'],
        ['address: 10.10.10.22}', 'address: 10.10.10.22, disk: /dev/sda}'],
      ],
      [
        'error[hardware/no-disk]: control-3 has no disk, and kickstart needs to know which to use',
        'warning[secrets/inline-by-default]: machines that run from memory cannot enrol, so the seeds of all machines contain the secrets in clear text: while a machine is armed, anyone who can reach the server can read them (worker-1, worker-2)',
      ],
    ],
    [
      'a Kubernetes that nodes of one release cannot run, and load balancers need not',
      [
        ['{name: ubuntu, version: "24.04"}', '{name: rocky, version: "8"}'],
        ['{name: debian, version: "13"}', '{name: rocky, version: "8"}'],
        older('{version: "8"}'),
      ],
      [
        "error[load-balancing/old-haproxy]: Rocky Linux 8 packages haproxy 1.8, which is too old for hakube's configuration",
        expect.stringMatching(
          /^error\[kubernetes\/distribution\]: Rocky Linux 8 cannot run Kubernetes 1\.36: .* \(worker-1, worker-2\)$/,
        ) as string,
      ],
    ],
    [
      'keepalived of CentOS 7 beside a newer one',
      [
        older('{name: centos, version: "7"}'),
        [
          '  sourceAddress: 10.10.10.9\n',
          '  haproxyPackage: {path: haproxy.rpm, version: "2.8.16", sha256: "' + 'a'.repeat(64) + '"}\n',
        ],
        balancers,
      ],
      [
        expect.stringMatching(/^warning\[distribution\/end-of-life\]: CentOS 7 .* \(balancer-2\)$/) as string,
        "error[load-balancing/mixed-keepalived]: keepalived 1.3 of CentOS 7 and 2.3 of Debian 13 reject each other's packets: both would hold the virtual addresses",
        'error[load-balancing/package-format]: Debian 13 installs .deb files, but this is haproxy.rpm (balancer-1)',
      ],
    ],
    [
      'packages of etcd of two minor releases',
      [
        ['{name: rocky, version: "9"}', '{name: debian, version: "13"}'],
        ['address: 10.10.10.22}', 'address: 10.10.10.22, distribution: {version: "12"}}'],
        ['1.36.4', '1.28.15'],
        withLine('etcd: {placement: control-plane}'),
      ],
      [
        'warning[kubernetes/end-of-life]: Kubernetes 1.28 has had no security updates since 2024-10-22',
        'warning[kubernetes/signature]: apt of Debian 13 has rejected the signature of the Kubernetes 1.28 packages since 2026-02-01 (control-1, control-3)',
        'error[etcd/mixed-packages]: Debian 13 packages etcd 3.5.16, and Debian 12 3.4.23: members need the same minor version',
      ],
    ],
    [
      'one mirror for all of them',
      [withLine('mirrors: {distribution: "http://10.10.10.5/mirror"}')],
      [
        expect.stringMatching(/^warning\[mirrors\/one-for-two\]/) as string,
        'error[mirrors/one-for-several]: this is one address for debian, rocky and ubuntu, whose packages are in different trees',
      ],
    ],
    [
      'a mirror for each, with a misspelt one and one that nobody needs',
      [
        withLine(
          'mirrors: {distribution: {debian: "http://10.10.10.5/debian", debian-12: "http://10.10.10.5/old", rokcy: "http://10.10.10.5/rocky", centos: "http://10.10.10.5/centos", ubuntu: {amd64: "http://10.10.10.5/u", arm46: "http://10.10.10.5/p"}}}',
        ),
      ],
      [
        'error[mirrors/key-of-address]: "rokcy" is not an architecture or a distribution',
        'error[mirrors/key-of-address]: "arm46" is not an architecture',
        'warning[mirrors/unused]: no machine uses this mirror of centos',
      ],
    ],
    [
      'a kernel setting that some kernels do not have',
      [withLine('sysctls: {net.ipv4.tcp_tw_recycle: 1}')],
      [expect.stringMatching(/tcp_tw_recycle/) as string],
    ],
  ])('causes messages that name the machines of %s', (_, changes, expected) => {
    expect(found(...changes)).toEqual(expect.arrayContaining(expected))
    expect(found(...changes)).toHaveLength(expected.length)
  })
})
