import { describe, expect, it } from 'vitest'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { distributions, findDistribution } from '../../src/distributions/index.ts'
import { answer, netbootDirectory, preseed, preseedArguments, quoteCommand } from '../../src/seeds/preseed.ts'
import { compileMachine } from '../../src/seeds/index.ts'
import { exampleCluster, exampleProfile, testSecrets, noKernelArguments, mirrorsAt } from '../example.ts'
import { readPreseed } from '../schemas/preseed.ts'

const byPreseed = distributions.filter(({ installs }) => installs.includes('preseed'))
const on = (distribution: (typeof distributions)[number]): Cluster => {
  const cluster = exampleCluster()
  return {
    ...cluster,
    distribution,
    install: 'preseed',
    mirrors: { ...cluster.mirrors, ...mirrorsAt(distribution) },
  }
}
const debian = on(findDistribution('debian', '13')!)
const machine: Machine = debian.machines[0]!
const lines = (cluster: Cluster, one: Machine) => preseed(cluster, one, noKernelArguments).split('\n')

describe('preseed', () => {
  it('is for Debian', () => {
    expect(byPreseed.map(({ title }) => title)).toEqual(['Debian 12', 'Debian 13'])
  })

  it.each(byPreseed.map((distribution) => [`debian-${distribution.version}`, distribution] as const))(
    'writes the answers for %s, with nothing that its installer does not know',
    async (name, distribution) => {
      const text = preseed(on(distribution), machine, noKernelArguments)
      expect(readPreseed(text).problems).toEqual([])
      await expect(text).toMatchFileSnapshot(`../fixtures/seeds/expected/preseed/${name}.cfg`)
    },
  )

  it('follows the settings of the machine and the cluster', () => {
    const cluster: Cluster = {
      ...debian,
      mirrors: { ...debian.mirrors, ...mirrorsAt(debian.distribution, 'http://10.10.10.5:3142/pub/debian') },
      network: {
        ...debian.network,
        searchDomain: null,
        nameServers: ['10.10.10.1', '10.10.10.2'],
        timeServers: ['10.10.10.7', '10.10.10.8'],
      },
    }
    const changed = { ...machine, disk: "/dev/disk/by-id/it's $HOME", console: 'ttyS1,115200n8' }
    const before = new Set(lines(debian, machine))
    expect(lines(cluster, changed).filter((line) => !before.has(line))).toMatchInlineSnapshot(`
      [
        "# Erases the disk /dev/disk/by-id/it's $HOME.",
        "d-i mirror/protocol string http",
        "d-i mirror/http/hostname string 10.10.10.5:3142",
        "d-i mirror/http/directory string /pub/debian",
        "d-i mirror/http/proxy string",
        "d-i clock-setup/ntp-server string 10.10.10.7",
        "  wanted='/dev/disk/by-id/it'\\''s $HOME'; \\",
        "d-i grub-installer/bootdev string /dev/disk/by-id/it's $HOME",
        "d-i debian-installer/add-kernel-opts string console=tty0 console=ttyS1,115200n8",
        "  printf '%s\\n' 'nameserver 10.10.10.1' 'nameserver 10.10.10.2' >/target/etc/resolv.conf; \\",
        "  printf '%s\\n' 'deb http://10.10.10.5:3142/pub/debian trixie main' 'deb http://10.10.10.5:3142/pub/debian trixie-updates main' 'deb http://10.10.10.5:3142/pub/debian-security trixie-security main' >/target/etc/apt/sources.list; \\",
      ]
    `)
  })

  it('erases no disk that the profile does not name', () => {
    expect(() => preseed(debian, { ...machine, disk: null }, noKernelArguments)).toThrow(
      'sample-haproxy-001 has no disk to install to',
    )
  })

  it('chooses a method of partitioning only when the disk is found: alone it would take the only disk', () => {
    const { answers } = readPreseed(preseed(debian, machine, noKernelArguments))
    expect([...answers.keys()].filter((question) => question.startsWith('partman-auto/'))).toEqual([])
    expect(answers.get('partman/early_command')).toMatch(/; +debconf-set partman-auto\/method regular$/)
  })

  it.each([
    ['another family', exampleCluster(), 'no preseed for Rocky Linux 9'],
    [
      'a mirror that the installer cannot ask',
      {
        ...debian,
        mirrors: { ...debian.mirrors, ...mirrorsAt(debian.distribution, 'ftp://10.10.10.5/debian') },
      },
      "Debian's installer takes no mirror by ftp:",
    ],
  ])('refuses %s', (_, cluster, message) => {
    expect(() => preseed(cluster, machine, noKernelArguments)).toThrow(message)
  })
})

describe('the files of a machine', () => {
  it('have the answers beside the seed, and no secret in them', () => {
    const cluster = resolve(
      { ...exampleProfile(), distribution: { name: 'debian', version: '13' } },
      new Map(),
      testSecrets,
    )
    const files = compileMachine(cluster, assemble(components, cluster, cluster.machines[0]!))
    expect(files.map(({ path, secret }) => [path, secret])).toMatchInlineSnapshot(`
      [
        [
          "preseed/52-54-00-aa-bb-01.cfg",
          false,
        ],
        [
          "seed/52-54-00-aa-bb-01/meta-data",
          false,
        ],
        [
          "seed/52-54-00-aa-bb-01/network-config",
          false,
        ],
        [
          "seed/52-54-00-aa-bb-01/user-data",
          false,
        ],
        [
          "seed/52-54-00-aa-bb-01/vendor-data",
          false,
        ],
      ]
    `)
  })
})

describe('kernel arguments of the installer', () => {
  it('answer what is asked before there is a network', () => {
    expect(preseedArguments(debian, machine)).toMatchInlineSnapshot(`
      [
        "auto=true",
        "priority=critical",
        "interface=52:54:00:aa:bb:01",
        "hostname=sample-haproxy-001",
        "domain=example.com",
        "netcfg/disable_autoconfig=true",
        "netcfg/get_ipaddress=10.10.10.11",
        "netcfg/get_netmask=255.255.255.0",
        "netcfg/get_gateway=10.10.10.1",
        "netcfg/get_nameservers=10.10.10.1",
        "netcfg/confirm_static=true",
      ]
    `)
  })

  it('name no domain where there is none, and the first of several name servers', () => {
    const network = { ...debian.network, searchDomain: null, nameServers: ['10.10.10.1', '10.10.10.2'] }
    const before = new Set(preseedArguments(debian, machine))
    const after = preseedArguments({ ...debian, network }, machine)
    expect(after.filter((argument) => !before.has(argument))).toEqual([])
    expect([...before].filter((argument) => !after.includes(argument))).toEqual(['domain=example.com'])
  })

  it('has kernel and initrd of its own at the mirror', () => {
    expect(netbootDirectory(debian, { ...machine, architecture: 'arm64' })).toBe(
      'https://deb.debian.org/debian/dists/trixie/main/installer-arm64/current/images/netboot/debian-installer/arm64',
    )
    expect(() => netbootDirectory(exampleCluster(), machine)).toThrow('Rocky Linux 9 has no Debian installer')
  })
})

describe('answer', () => {
  it.each(['plain', 'two words', '*', ''])('%j stays as it is', (value) => {
    expect(answer(value)).toBe(value)
  })

  it.each(['two\nlines', 'nul\0', 'line\u2028separator', ' space', 'space ', 'joined\\'])(
    'refuses %j',
    (value) => {
      expect(() => answer(value)).toThrow('a preseed answer cannot hold')
    },
  )
})

describe('quoteCommand', () => {
  it.each([
    ['plain-word.1', 'plain-word.1'],
    ["it's $HOME", String.raw`'it'\''s $HOME'`],
    ['backslash\\', "'backslash\\'"],
  ])('%j', (value, quoted) => {
    expect(quoteCommand(value)).toBe(quoted)
  })

  it.each(['two\nlines', 'carriage\rreturn', 'line\u2028separator'])('refuses %j', (value) => {
    expect(() => quoteCommand(value)).toThrow('a preseed command cannot hold a control character')
  })
})
