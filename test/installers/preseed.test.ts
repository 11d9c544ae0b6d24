import { describe, expect, it } from 'vitest'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { wordOf } from '../../src/boot/command-line.ts'
import { bootArguments } from '../../src/boot/kernel-arguments.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { distributions, findDistribution } from '../../src/distributions/index.ts'
import { installMethod } from '../../src/distributions/install-methods.ts'
import { answer, netbootDirectory, preseed, quoteCommand } from '../../src/installers/preseed.ts'
import { compileMachine } from '../../src/installers/compile.ts'
import {
  exampleCluster,
  exampleProfile,
  testSecrets,
  noKernelArguments,
  mirrorsAt,
  noStorage,
  storageOn,
  withSystem,
} from '../example.ts'
import { readPreseed } from '../schemas/preseed.ts'
import { foldLook } from '../support/shared-text.ts'

const byPreseed = distributions.filter(({ installs }) => installs.includes('preseed'))
const on = (distribution: (typeof distributions)[number], mirrors = mirrorsAt(distribution)): Cluster =>
  withSystem(exampleCluster(), { distribution, install: installMethod('preseed'), mirrors })
const trixie = findDistribution('debian', '13')!
const debian = on(trixie)
const machine: Machine = debian.machines[0]!
const lines = (cluster: Cluster, one: Machine) =>
  preseed.answers.write(cluster, one, noKernelArguments).split('\n')

describe('preseed', () => {
  it('is only for Debian', () => {
    expect(byPreseed.map(({ title }) => title)).toEqual(['Debian 12', 'Debian 13'])
  })

  it.each(byPreseed.map((distribution) => [`debian-${distribution.version}`, distribution] as const))(
    'writes the answers for %s, with only questions of its installer',
    async (name, distribution) => {
      const text = preseed.answers.write(on(distribution), on(distribution).machines[0]!, noKernelArguments)
      expect(readPreseed(text).problems).toEqual([])
      await expect(foldLook(text)).toMatchFileSnapshot(`../fixtures/seeds/expected/preseed/${name}.cfg`)
    },
  )

  it('follows the settings of the machine and the cluster', () => {
    const cluster: Cluster = {
      ...debian,
      network: {
        ...debian.network,
        searchDomain: null,
        nameServers: ['10.10.10.1', '10.10.10.2'],
      },
    }
    const changed = {
      ...machine,
      system: {
        ...machine.system,
        mirrors: mirrorsAt(trixie, 'http://10.10.10.5:3142/pub/debian'),
        timeServers: ['10.10.10.7', '10.10.10.8'],
      },
      storage: storageOn("/dev/disk/by-id/it's $HOME"),
      console: 'ttyS1,115200n8',
    }
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
    expect(() =>
      preseed.answers.write(debian, { ...machine, storage: noStorage }, noKernelArguments),
    ).toThrow('sample-haproxy-001 has no disk to install to')
  })

  it('chooses a partitioning method only after the disk was found, because otherwise it would use the only disk', () => {
    const { answers } = readPreseed(preseed.answers.write(debian, machine, noKernelArguments))
    expect([...answers.keys()].filter((question) => question.startsWith('partman-auto/'))).toEqual([])
    expect(answers.get('partman/early_command')).toMatch(/; +debconf-set partman-auto\/method regular$/)
  })

  it.each([
    ['another family', exampleCluster(), 'no preseed for Rocky Linux 9'],
    [
      'a mirror that the installer cannot ask',
      on(trixie, mirrorsAt(trixie, 'ftp://10.10.10.5/debian')),
      "Debian's installer does not support mirrors over ftp:",
    ],
  ])('refuses %s', (_, cluster, message) => {
    expect(() => preseed.answers.write(cluster, cluster.machines[0]!, noKernelArguments)).toThrow(message)
  })
})

describe('the files of a machine', () => {
  it('have the answers beside the seed, without secrets', () => {
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

const words = (cluster: Cluster) => bootArguments(cluster, machine, []).map(wordOf)

describe('kernel arguments of the installer', () => {
  it('answer the questions before there is a network', () => {
    expect(words(debian)).toMatchInlineSnapshot(`
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
        "url=http://10.10.10.5:8080/preseed/52-54-00-aa-bb-01.cfg",
      ]
    `)
  })

  it('contain no domain if there is none, and the first of several name servers', () => {
    const network = { ...debian.network, searchDomain: null, nameServers: ['10.10.10.1', '10.10.10.2'] }
    const before = new Set(words(debian))
    const after = words({ ...debian, network })
    expect(after.filter((argument) => !before.has(argument))).toEqual([])
    expect([...before].filter((argument) => !after.includes(argument))).toEqual(['domain=example.com'])
  })

  it('have separate kernels and initrds at the mirror', () => {
    expect(netbootDirectory({ ...machine, architecture: 'arm64' })).toBe(
      'https://deb.debian.org/debian/dists/trixie/main/installer-arm64/current/images/netboot/debian-installer/arm64',
    )
    expect(() => netbootDirectory(exampleCluster().machines[0]!)).toThrow(
      'Rocky Linux 9 has no Debian installer',
    )
  })
})

describe('answer', () => {
  it.each(['plain', 'two words', '*', ''])('%j stays as it is', (value) => {
    expect(answer(value)).toBe(value)
  })

  it.each(['two\nlines', 'nul\0', 'line\u2028separator', ' space', 'space ', 'joined\\'])(
    'refuses %j',
    (value) => {
      expect(() => answer(value)).toThrow('a preseed answer cannot contain')
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
    expect(() => quoteCommand(value)).toThrow('a preseed command cannot contain a control character')
  })
})
