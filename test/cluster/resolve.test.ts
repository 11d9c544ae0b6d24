import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import type { Profile } from '../../src/profile/schema.ts'
import {
  exampleCluster,
  exampleFile,
  exampleNames,
  exampleProfile,
  systemOf,
  testSecrets,
} from '../example.ts'

/** Everything but the secrets and what stands in the distribution's own file. */
const shown = (cluster: Cluster) => ({
  ...cluster,
  machines: cluster.machines.map((machine) => ({
    ...machine,
    system: machine.system.distribution.title,
  })),
  system: { ...systemOf(cluster), distribution: systemOf(cluster).distribution.title },
  etcd: { ...cluster.etcd, members: cluster.etcd.members.map((machine) => machine.name) },
  controlPlanes: cluster.controlPlanes.map((machine) => machine.name),
  workers: cluster.workers.map((machine) => machine.name),
  balancers: cluster.balancers.map((machine) => machine.name),
  secrets: Object.keys(cluster.secrets),
})

const noSources = new Map<string, string>()

/** An example with something changed, resolved. */
function changed(change: (profile: Profile) => void, name?: (typeof exampleNames)[number]): Cluster {
  const profile = structuredClone(exampleProfile(name))
  change(profile)
  return resolve(profile, noSources, testSecrets)
}

const factsOf = (cluster: Cluster) => [...cluster.facts, ...systemOf(cluster).facts]
const fact = (cluster: Cluster, name: string) => factsOf(cluster).find((each) => each.name === name)

describe('the examples', () => {
  it.each(exampleNames)('%s: whole cluster', async (name) => {
    await expect(`${JSON.stringify(shown(exampleCluster(name)), null, 2)}\n`).toMatchFileSnapshot(
      `../fixtures/cluster/expected/${name}.json`,
    )
  })

  it.each(exampleNames)('%s: tells editors where its schema is', (name) => {
    const [first] = readFileSync(exampleFile(name), 'utf8').split('\n')
    expect(first).toBe('# yaml-language-server: $schema=../schema.json')
  })

  it('gives the same result each time, and does not change the profile', () => {
    const profile = exampleProfile()
    const before = structuredClone(profile)
    expect(resolve(profile, noSources, testSecrets)).toEqual(resolve(profile, noSources, testSecrets))
    expect(profile).toEqual(before)
  })
})

describe('defaults', () => {
  it('place load balancing on the control planes without load-balancer machines', () => {
    const { loadBalancing, balancers } = exampleCluster('load-balancers-on-control-planes')
    expect([loadBalancing?.placement, balancers.map((machine) => machine.balancerRank)]).toEqual([
      'control-plane',
      [0, 1, 2],
    ])
  })

  it.each([
    ['external-load-balancers', 6443],
    ['load-balancers-on-control-planes', 8443],
  ] as const)('the port of the API for %s is %i', (name, port) => {
    const cluster = changed((profile) => delete profile.loadBalancing?.api.port, name)
    expect([cluster.loadBalancing?.api.port, cluster.apiEndpoint.port]).toEqual([port, port])
    expect(fact(cluster, 'loadBalancing.api.port')?.from).toBeUndefined()
  })

  it('use the only control plane itself without load balancing', () => {
    const cluster = changed((profile) => {
      delete profile.loadBalancing
      profile.machines = profile.machines.filter((machine) => machine.name === 'sample-kube-master-001')
    })
    expect([cluster.loadBalancing, cluster.balancers, cluster.apiEndpoint]).toEqual([
      null,
      [],
      { address: '10.10.10.13', port: 6443 },
    ])
    expect(fact(cluster, 'apiEndpoint')).toEqual({
      name: 'apiEndpoint',
      value: '10.10.10.13:6443',
      reason: 'the address of the only control plane',
    })
  })

  it.each([
    ['with a sourceAddress and two balancers', '10.10.10.251', 2, true],
    ['with a sourceAddress and one balancer', '10.10.10.251', 1, false],
    ['without a sourceAddress', undefined, 2, false],
  ])('synchronize connections %s: %s %i %s', (_, sourceAddress, balancers, expected) => {
    const cluster = changed((profile) => {
      const { loadBalancing } = profile
      delete loadBalancing?.connectionSync
      delete loadBalancing?.sourceAddress
      if (loadBalancing && sourceAddress) loadBalancing.sourceAddress = sourceAddress
      profile.machines.splice(0, 2 - balancers)
    })
    expect(cluster.loadBalancing?.connectionSync).toBe(expected)
  })

  it.each([
    ['ubuntu', '24.04', '1.36.4', 'nftables'],
    ['ubuntu', '24.04', '1.33.0', 'nftables'],
    ['ubuntu', '24.04', '1.32.0', 'iptables'],
    ['centos', '7', '1.31.14', 'iptables'],
    ['rocky', '9', '1.36.4', 'nftables'],
  ])('choose the mode of kube-proxy on %s %s with Kubernetes %s: %s', (name, version, kubernetes, mode) => {
    const cluster = changed((profile) => {
      profile.distribution = { name, version }
      profile.kubernetes.version = kubernetes
    })
    expect(cluster.kubernetes.proxyMode).toBe(mode)
  })

  it.each([
    [100, 'cluster'],
    [101, 'essential'],
  ])('choose the hosts of %i machines: %s', (count, hosts) => {
    const cluster = changed((profile) => addWorkers(profile, count - profile.machines.length))
    expect([cluster.machines.length, cluster.network.hosts]).toEqual([count, hosts])
  })

  it('are enough for the network plugin, users and manifests', () => {
    const cluster = changed((profile) => {
      delete profile.networkPlugin
      profile.users = [{ name: 'ops' }]
    })
    expect(cluster.networkPlugin).toEqual({ name: 'other', manifest: null, archive: null, plugins: null })
    expect(cluster.manifests).toEqual([])
    expect(cluster.users).toEqual([
      {
        name: 'ops',
        sshKeys: [],
        sudo: true,
        withPassword: false,
        groups: [],
        uid: null,
        passwordHash: null,
        from: ['users', 0],
      },
    ])
  })

  it('disable SELinux if the distribution has none', () => {
    expect(systemOf(exampleCluster('load-balancers-on-control-planes')).selinux).toBeNull()
    expect(systemOf(exampleCluster('external-load-balancers')).selinux).toBe('enforcing')
  })

  it('give machines what the hardware section leaves open', () => {
    const cluster = changed((profile) => delete profile.hardware)
    expect(cluster.machines[0]).toMatchObject({
      storage: { disks: [] },
      architecture: 'amd64',
      firmware: 'uefi',
      console: null,
    })
  })
})

describe('values of the profile', () => {
  it('are normalized', () => {
    const cluster = changed((profile) => {
      profile.server = 'http://10.10.10.5:8080/'
      profile.kubernetes.version = 'v1.36.4'
      profile.mirrors = { distribution: 'http://10.10.10.5:8080/assets/rocky/' }
      const [machine] = profile.machines
      if (machine) machine.mac = ['01-52-54-00-AA-BB-01', '5254.00aa.bb99']
    })
    expect([
      cluster.server,
      cluster.kubernetes.version,
      systemOf(cluster).mirrors.distribution.amd64,
      cluster.machines[0]?.macs,
    ]).toEqual([
      'http://10.10.10.5:8080',
      '1.36.4',
      'http://10.10.10.5:8080/assets/rocky',
      ['52-54-00-aa-bb-01', '52-54-00-aa-bb-99'],
    ])
  })

  it('have one fact for each name', () => {
    const names = factsOf(exampleCluster()).map((each) => each.name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('have a position in the profile or a reason for every fact, never both', () => {
    for (const name of exampleNames)
      expect(
        factsOf(exampleCluster(name)).filter((each) => (each.from === undefined) === !each.reason),
      ).toEqual([])
  })
})

describe('a profile that was not checked', () => {
  it.each<[string, (profile: Profile) => void, string]>([
    ['distribution', (profile) => (profile.distribution.version = '7'), 'unknown distribution rocky 7'],
    ['subnet', (profile) => (profile.network.subnet = '10.10.10.0'), 'not a network: 10.10.10.0'],
    ['address', (profile) => (profile.network.gateway = '10.1'), 'not an address: 10.1'],
    [
      'MAC',
      (profile) => Object.assign(profile.machines[0] ?? {}, { mac: 'x' }),
      'sample-haproxy-001: not a MAC address: x',
    ],
    ['version', (profile) => (profile.kubernetes.version = '1.36'), 'not a Kubernetes version: 1.36'],
    ['control plane', (profile) => profile.machines.splice(2, 3), 'a cluster without a control plane'],
    [
      'file',
      (profile) => (profile.files = [{ path: '/etc/x', source: 'gone' }]),
      'no text for the file /etc/x: a rule of the profile should have rejected it',
    ],
  ])('%s: reports what is wrong', (_, change, message) => {
    expect(() => changed(change)).toThrow(new Error(message))
  })
})

function addWorkers(profile: Profile, count: number): void {
  for (let index = 0; index < count; index += 1)
    profile.machines.push({
      name: `worker-${index}`,
      role: 'worker',
      mac: (0x520000000000 + index).toString(16),
      address: `10.10.${100 + Math.floor(index / 250)}.${1 + (index % 250)}`,
    })
}

describe('many machines', () => {
  it('share equal settings', () => {
    const cluster = changed((profile) => addWorkers(profile, 10_000))
    expect(cluster.workers.length).toBe(10_003)
    expect(new Set(cluster.workers.map((machine) => machine.settings)).size).toBe(1)
    expect(new Set(cluster.machines.map((machine) => machine.settings)).size).toBe(3)
  })
})
