import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { distributions } from '../../src/distributions/index.ts'
import { kickstart, quoteKickstart } from '../../src/installers/kickstart.ts'
import { exampleCluster, noKernelArguments, mirrorsAt, noStorage, storageOn, withSystem } from '../example.ts'
import { readKickstart } from '../schemas/kickstart.ts'
import { foldLook } from '../support/shared-text.ts'

const byKickstart = distributions.filter(({ installs }) => installs.includes('kickstart'))
const on = (distribution: (typeof distributions)[number]): Cluster =>
  withSystem(exampleCluster(), { distribution, mirrors: mirrorsAt(distribution) })

const networkLine = (one: Cluster) =>
  kickstart.answers
    .write(one, one.machines[0]!, noKernelArguments)
    .split('\n')
    .find((line) => line.startsWith('network '))

describe('kickstart', () => {
  it.each(
    byKickstart.map(
      (distribution) => [`${distribution.name}-${distribution.version}`, distribution] as const,
    ),
  )(
    'writes the answers for %s, with nothing that its installer does not know',
    async (name, distribution) => {
      const cluster = on(distribution)
      const text = kickstart.answers.write(cluster, cluster.machines[0]!, noKernelArguments)
      const { problems, sections } = readKickstart(text, Number.parseInt(distribution.version, 10))
      expect(problems).toEqual([])
      expect(sections.map((section) => section.name)).toEqual(['%packages', '%pre', '%post'])
      await expect(foldLook(text)).toMatchFileSnapshot(`../fixtures/seeds/expected/kickstart/${name}.ks`)
    },
  )

  it('leaves IPv6 enabled on a card that may get a virtual IPv6 address', () => {
    const cluster = exampleCluster()
    expect(networkLine(cluster)).toMatch(/ --noipv6$/)
    const withIPv6 = { ...cluster, network: { ...cluster.network, subnet6: 'fd00:10:10::/64' } }
    expect(networkLine(withIPv6)).toMatch(/ --activate$/)
  })

  it('follows the settings of the machine and the cluster', () => {
    const cluster: Cluster = {
      ...withSystem(exampleCluster(), { selinux: 'permissive' }),
      firewall: false,
    }
    const machine = {
      ...cluster.machines[0]!,
      storage: storageOn("/dev/disk/by-id/scsi-it's $HOME"),
      console: 'ttyS1,115200n8',
      architecture: 'arm64' as const,
    }
    const lines = (one: Cluster, two: typeof machine) =>
      new Set(kickstart.answers.write(one, two, noKernelArguments).split('\n'))
    const before = lines(exampleCluster(), exampleCluster().machines[0]! as typeof machine)
    const changed = [...lines(cluster, machine)].filter((line) => !before.has(line))
    expect(changed).toMatchInlineSnapshot(`
      [
        "# Erases the disk '/dev/disk/by-id/scsi-it'\\''s $HOME'.",
        "url --url=https://dl.rockylinux.org/pub/rocky/9/BaseOS/aarch64/os/",
        "repo --name=AppStream --baseurl=https://dl.rockylinux.org/pub/rocky/9/AppStream/aarch64/os/",
        "selinux --permissive",
        "firewall --disabled",
        "bootloader --location=mbr --append='console=tty0 console=ttyS1,115200n8'",
        "wanted='/dev/disk/by-id/scsi-it'\\''s $HOME'",
      ]
    `)
  })

  it.each(byKickstart.map((distribution) => [distribution.title, distribution] as const))(
    'configures the card by its MAC address, whatever its name, on %s',
    (_, distribution) => {
      const cluster = on(distribution)
      const [network = ''] =
        kickstart.answers
          .write(cluster, cluster.machines[0]!, noKernelArguments)
          .match(/^network --bootproto.*$/m) ?? []
      expect(network.split(' ').filter((word) => /device|bind|search/.test(word))).toEqual([
        '--device=52:54:00:aa:bb:01',
        '--bindto=mac',
        ...(['7', '8'].includes(distribution.version) ? [] : ['--ipv4-dns-search=example.com']),
      ])
    },
  )

  it('passes the search domain to NetworkManager if the installer has no option for it', () => {
    const later = byKickstart.filter((distribution) => {
      const cluster = on(distribution)
      return kickstart.answers
        .write(cluster, cluster.machines[0]!, noKernelArguments)
        .includes(
          String.raw`'^IPADDR[0-9]*="?10\.10\.10\.11"?$' "$file"; then` +
            "\n    printf 'DOMAIN=%s\\n' example.com >>",
        )
    })
    expect(later.map(({ title }) => title)).toEqual([
      'Rocky Linux 8',
      'AlmaLinux 8',
      'Red Hat Enterprise Linux 8',
      'CentOS 7',
    ])
  })

  it('installs the modules that the kernel of release 10 lacks, in one transaction with it', () => {
    const packages = byKickstart.flatMap((distribution) => {
      const cluster = on(distribution)
      const text = kickstart.answers.write(cluster, cluster.machines[0]!, noKernelArguments)
      const [, list = ''] = /^%packages\n(.*?)^%end$/ms.exec(text) ?? []
      const kernels = list.split('\n').filter((name) => name.startsWith('kernel'))
      return kernels.length === 0 ? [] : [[distribution.title, kernels]]
    })
    expect(packages).toEqual([
      ['Rocky Linux 10', ['kernel-modules-extra']],
      ['AlmaLinux 10', ['kernel-modules-extra']],
      ['CentOS Stream 10', ['kernel-modules-extra']],
      ['Red Hat Enterprise Linux 10', ['kernel-modules-extra']],
    ])
  })

  it('erases no disk that the profile does not name', () => {
    const cluster = exampleCluster()
    expect(() =>
      kickstart.answers.write(cluster, { ...cluster.machines[0]!, storage: noStorage }, noKernelArguments),
    ).toThrow('sample-haproxy-001 has no disk to install to')
  })
})

describe('quoteKickstart', () => {
  it.each([
    ['plain-word.1', 'plain-word.1'],
    ['two words', "'two words'"],
    ['', "''"],
    ["it's", String.raw`'it'\''s'`],
    ['#no comment', "'#no comment'"],
  ])('%j', (value, quoted) => {
    expect(quoteKickstart(value)).toBe(quoted)
  })

  it.each(['two\nlines', 'carriage\rreturn', 'nul\0', 'line\u2028separator'])('refuses %j', (value) => {
    expect(() => quoteKickstart(value)).toThrow('a kickstart command cannot contain a control character')
  })
})
