import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { proxyFor } from '../../src/cluster/proxy.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster } from '../components/host.ts'
import { dualStackCluster } from '../dual-stack-profile.ts'

const both = { http: 'http://one.example:3128', https: 'http://two.example:3129' }

const clusterWith = (
  proxy: Profile['proxy'],
  change: (profile: Profile) => void = () => undefined,
): Cluster =>
  changedCluster((profile) => {
    profile.proxy = proxy
    change(profile)
  })

const reached = (proxy: Profile['proxy'], ...addresses: string[]) => {
  const cluster = clusterWith(proxy)
  return addresses.map((address) => proxyFor(cluster, address))
}

describe('the proxy for an address', () => {
  it('is that of its protocol', () => {
    expect(reached(both, 'http://far.example/x', 'https://far.example/x')).toEqual([both.http, both.https])
    expect(reached({ https: both.https }, 'http://far.example', 'https://far.example')).toEqual([
      null,
      both.https,
    ])
    expect(reached({ http: both.http }, 'http://far.example', 'https://far.example')).toEqual([
      both.http,
      both.http,
    ])
  })

  it('is null for everything in the cluster: names of services, networks, the virtual addresses, the server and machines', () => {
    expect(
      reached(
        { ...both, except: ['own.example'] },
        'https://a.default.svc/',
        'https://a.cluster.local',
        'http://10.96.0.1',
        'http://10.10.10.19',
        'http://10.10.10.20',
        'http://10.10.10.5:8080/ks',
        'http://sample-kube-worker-001:10250',
        'http://SAMPLE-kube-worker-001.example.com',
        'http://below.own.example',
        'http://[::1]:80',
      ),
    ).toEqual(Array.from({ length: 10 }, () => null))
  })

  it('is null for what is not an address, and without a proxy', () => {
    expect(reached(both, 'far.example', '')).toEqual([null, null])
    expect(reached(undefined, 'https://far.example')).toEqual([null])
  })
})

const more = (count: number) => (profile: Profile) => {
  for (let index = profile.machines.length; index < count; index += 1)
    profile.machines.push({
      name: `more-${index}`,
      role: 'worker',
      mac: (0x520000000000 + index).toString(16),
      address: `10.10.10.${100 + index}`,
    })
}

/** Names of the machines that programs without networks know. */
const names = (count: number) =>
  clusterWith(both, more(count)).proxy?.machines.filter((name) => /^[a-z][^.]*$/.test(name))

describe('destinations that bypass the proxy', () => {
  it('are the networks of all machines, of pods and of services, in both families', () => {
    const { proxy } = dualStackCluster(
      ['  nameServers:', '  subnets: [{subnet: 10.1.1.0/24, gateway: 10.1.1.1}]\n  nameServers:'],
      ['networkPlugin:', 'proxy: {http: "http://one.example:3128"}\nnetworkPlugin:'],
    )
    expect(proxy).toMatchInlineSnapshot(`
      {
        "except": [
          "localhost",
          "127.0.0.1",
          "::1",
          "10.1.0.0/24",
          "fd00:10:1::/64",
          "10.1.1.0/24",
          "10.244.0.0/16",
          "fd00:10:244::/56",
          "10.96.0.0/16",
          "fd00:10:96::/112",
          ".svc",
          ".cluster.local",
          "10.1.0.10",
          "10.1.0.5",
        ],
        "http": "http://one.example:3128",
        "https": "http://one.example:3128",
        "login": null,
        "machines": [
          "10.1.0.11",
          "fd00:10:1::11",
          "control-1",
          "10.1.0.12",
          "fd00:10:1::12",
          "control-2",
          "10.1.0.13",
          "fd00:10:1::13",
          "control-3",
          "10.1.0.21",
          "fd00:10:1::a01:15",
          "worker-1",
        ],
      }
    `)
  })

  it('are machines by name, but only control planes if there are more than a hundred', () => {
    expect(names(100)).toHaveLength(100)
    expect(names(101)).toEqual(['sample-kube-master-001', 'sample-kube-master-002', 'sample-kube-master-003'])
  })

  it('are names of /etc/hosts only if their address is in the networks of the machines', () => {
    const { proxy } = clusterWith(both, (profile) => {
      profile.extraHosts = [
        { address: '10.10.10.6', names: ['in.example', 'in'] },
        { address: '192.0.2.1', names: 'out.example' },
      ]
    })
    expect(proxy?.except.filter((name) => name.startsWith('in') || name.startsWith('out'))).toEqual([
      'in.example',
      'in',
    ])
  })
})
