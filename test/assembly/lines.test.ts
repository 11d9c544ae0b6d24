import { describe, expect, it } from 'vitest'
import { aptArchives } from '../../src/assembly/apt-archives.ts'
import type { Declared } from '../../src/assembly/component.ts'
import { argumentsFor, consoleArguments, grubDropIn, isFor } from '../../src/assembly/kernel-arguments.ts'
import { groupBy, oneLine, originOf } from '../../src/assembly/lines.ts'
import { wantedModules } from '../../src/assembly/wanted-modules.ts'
import { textOf } from '../../src/templates/template.ts'
import { changedCluster } from '../components/host.ts'
import { declaredOf } from '../support/declared.ts'

const clusterWith = (name: string, version: string, install?: 'live') =>
  changedCluster((profile) => {
    profile.distribution = { name, version, ...(install ? { install } : {}) }
  })

describe('a line of a file', () => {
  it.each(['', 'a b\tc', 'ä “quoted”'])('may be %j', (text) => {
    expect(oneLine(text)).toBe(text)
  })

  it.each(['a\nb', 'a\rb', '\u0000', '\u0008', '\u000b', '\u001f', '\u007f'])('may not be %j', (text) => {
    expect(() => oneLine(text)).toThrow(
      new TypeError(`a line of a file cannot contain ${JSON.stringify(text)}`),
    )
  })
})

describe('the comment above a setting', () => {
  it.each([
    [{ component: 'sysctl', from: ['sysctls', 'vm.swappiness'] }, 'profile $.sysctls["vm.swappiness"]'],
    [{ component: 'haproxy', reason: 'many connections' }, 'haproxy: many connections'],
    [{ component: 'haproxy' }, 'haproxy'],
    [{ component: 'sysctl', reason: 'why', from: ['a'] }, 'profile $.a'],
  ])('states where %j comes from', (item, origin) => {
    expect(originOf(item)).toBe(origin)
  })

  it('is a single line', () => {
    expect(() => originOf({ component: 'a', reason: 'b\nc' })).toThrow(TypeError)
  })
})

it('groups keep the order of their first members', () => {
  const words = ['bee', 'ant', 'bear', 'cat', 'ape']
  expect([...groupBy(words, (word) => word.charAt(0))]).toEqual([
    ['b', ['bee', 'bear']],
    ['a', ['ant', 'ape']],
    ['c', ['cat']],
  ])
})

describe('kernel arguments', () => {
  const declared = {
    kernelArguments: [
      { argument: 'quiet', appliesTo: 'both' as const },
      { argument: 'inst.x', appliesTo: 'installer' as const },
      { argument: 'own', appliesTo: 'installed' as const },
      { argument: 'always' },
      { argument: 'quiet' },
    ],
  }

  it('are for the installer, the installed system or both, each once', () => {
    expect(argumentsFor(declared, 'installer')).toEqual(['quiet', 'inst.x', 'always'])
    expect(argumentsFor(declared, 'installed')).toEqual(['quiet', 'own', 'always'])
    expect(isFor('installed')({ appliesTo: 'installer' })).toBe(false)
    expect(() => argumentsFor({ kernelArguments: [{ argument: 'a\nb' }] }, 'installed')).toThrow(TypeError)
  })

  it('of a console end with the serial console, which then becomes /dev/console', () => {
    expect([consoleArguments(null), consoleArguments('ttyS1,115200')]).toEqual([
      [],
      ['console=tty0', 'console=ttyS1,115200'],
    ])
  })

  it('are in a file for GRUB of Debian, quoted for its shell', () => {
    const file = grubDropIn(clusterWith('debian', '12').machines[0]!, {
      kernelArguments: [{ argument: "a='b c'" }, { argument: 'd' }],
    })
    expect(file).toMatchObject({ path: '/etc/default/grub.d/hakube.cfg', mode: '0644' })
    expect(file && textOf(file.content)).toContain(String.raw`'a='\''b c'\'' d'`)
    expect(file?.onChange).toMatchObject({
      level: 'reboot',
      reason: 'the kernel reads its arguments at boot',
    })
  })

  it('need no such file without arguments, for a system in memory, or if another program writes them', () => {
    expect(grubDropIn(clusterWith('debian', '12').machines[0]!, { kernelArguments: [] })).toBeNull()
    expect(grubDropIn(clusterWith('debian', '12', 'live').machines[0]!, declared)).toBeNull()
    expect(grubDropIn(clusterWith('rocky', '9').machines[0]!, declared)).toBeNull()
  })
})

describe('archives of apt', () => {
  it('are at the mirrors of the machine, for each architecture', () => {
    const cluster = changedCluster((profile) => {
      profile.distribution = { name: 'debian', version: '12' }
      profile.mirrors = {
        distribution: { amd64: 'http://a.example/debian', arm64: 'http://b.example/debian' },
        security: { amd64: 'http://a.example/security' },
      }
    })
    const uris = (architecture: 'amd64' | 'arm64') =>
      aptArchives({ ...cluster.machines[0]!, architecture }).map(({ uri, suites, components }) =>
        [uri, ...suites, ...components].join(' '),
      )
    expect([uris('amd64'), uris('arm64')]).toMatchInlineSnapshot(`
      [
        [
          "http://a.example/debian bookworm bookworm-updates main",
          "http://a.example/security bookworm-security main",
        ],
        [
          "http://b.example/debian bookworm bookworm-updates main",
          "http://b.example/debian-security bookworm-security main",
        ],
      ]
    `)
  })

  it('are absent in the Red Hat family', () => {
    expect(aptArchives(changedCluster(() => undefined).machines[0]!)).toEqual([])
  })
})

it('modules are those that components declare, and those that sysctl keys require', () => {
  const declared: Pick<Declared, 'kernelModules' | 'sysctls'> = {
    kernelModules: [{ name: 'overlay', component: 'containerd' }],
    sysctls: [
      { key: 'net/bridge/bridge-nf-call-iptables', value: '1', component: 'kubeadm' },
      { key: 'vm.swappiness', value: '1', component: 'sysctl' },
    ],
  }
  expect(wantedModules(declaredOf(declared))).toEqual([
    { name: 'overlay', component: 'containerd' },
    {
      name: 'br_netfilter',
      component: 'sysctl',
      reason: 'net.bridge.bridge-nf-call-iptables exists only with it',
    },
  ])
})
