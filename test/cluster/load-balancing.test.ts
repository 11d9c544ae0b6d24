import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster } from '../components/host.ts'

type Balancing = NonNullable<Profile['loadBalancing']>

const withBalancing = (loadBalancing: Balancing | undefined): Cluster =>
  changedCluster((profile) => {
    if (loadBalancing) profile.loadBalancing = loadBalancing
    else delete profile.loadBalancing
  }, 'load-balancers-on-control-planes')

/** What is derived from the load balancing of a profile. */
const derived = ({ apiEndpoint, facts }: Cluster) => {
  const { reason } = facts.find(({ name }) => name === 'apiEndpoint') ?? {}
  return `${apiEndpoint.address} ${apiEndpoint.port}: ${reason}`
}
const fact = ({ facts }: Cluster, wanted: string) => facts.find(({ name }) => name === wanted)

const withIngress = (ingress: Balancing['ingress']) =>
  withBalancing({ api: { address: '192.168.1.99' }, ingress })

describe('the API endpoint', () => {
  it.each<[Balancing, string]>([
    [{ api: { address: '192.168.1.99' } }, '192.168.1.99 8443: the virtual address'],
    [
      { api: { address: '192.168.1.99', name: 'api.example' } },
      'api.example 8443: the name of the virtual address',
    ],
    [
      { placement: 'external', api: { address: '192.168.1.99' } },
      '192.168.1.99 6443: the address of the external load balancer',
    ],
    [
      { placement: 'external', api: { address: 'lb.example', port: 443 } },
      'lb.example 443: the name of the external load balancer',
    ],
    [
      { placement: 'external', api: { address: '192.168.1.99', name: 'lb.example' } },
      'lb.example 6443: the name of the external load balancer',
    ],
  ])('of %j is %s', (loadBalancing, expected) => {
    expect(derived(withBalancing(loadBalancing))).toBe(expected)
  })

  it('has no address if only the name of an external load balancer is known', () => {
    const { loadBalancing, facts } = withBalancing({ placement: 'external', api: { address: 'lb.example' } })
    expect(loadBalancing).toEqual({
      placement: 'external',
      api: { name: 'lb.example', address: 'lb.example', addresses: [], port: 6443 },
      ingress: null,
      network: null,
      virtualRouterId: expect.any(Number),
      sourceAddress: null,
      connectionSync: false,
      images: null,
      haproxyPackage: null,
    })
    const own = facts.filter(({ name }) => name.startsWith('loadBalancing')).map(({ name }) => name)
    expect(own).toEqual(['loadBalancing.placement', 'loadBalancing.api.address', 'loadBalancing.api.port'])
  })

  it('has several normalized addresses, the first of which hakube itself uses', () => {
    const cluster = withBalancing({ api: { address: ['FD00:0:0::99', '192.168.1.99'] } })
    expect(cluster.loadBalancing?.api).toEqual({
      name: null,
      address: 'fd00::99',
      addresses: ['fd00::99', '192.168.1.99'],
      port: 8443,
    })
    expect(fact(cluster, 'loadBalancing.api.address')?.value).toBe('fd00::99, 192.168.1.99')
    expect(() => withBalancing({ api: { address: [] } })).toThrow('no address at loadBalancing.api.address')
  })
})

describe('the machines that balance load', () => {
  it.each<[Balancing | undefined, number]>([
    [{ api: { address: '192.168.1.99' } }, 3],
    [{ placement: 'static-pod', api: { address: '192.168.1.99' } }, 3],
    [{ placement: 'external', api: { address: '192.168.1.99' } }, 0],
    [{ placement: 'dedicated', api: { address: '192.168.1.99' } }, 0],
    [undefined, 0],
  ])('of %j are %i control planes', (loadBalancing, count) => {
    const { balancers, machines } = withBalancing(loadBalancing)
    expect(balancers.map(({ role, balancerRank }) => [role, balancerRank])).toEqual(
      Array.from({ length: count }, (_, rank) => ['control-plane', rank]),
    )
    expect(machines.filter(({ balancerRank }) => balancerRank !== null).length).toBe(count)
  })

  it('have images only in static pods', () => {
    expect(withBalancing({ api: { address: '192.168.1.99' } }).loadBalancing?.images).toBeNull()
    expect(
      withBalancing({
        placement: 'static-pod',
        api: { address: '192.168.1.99' },
        images: { keepalived: 'example/keepalived:1' },
      }).loadBalancing?.images,
    ).toEqual({ haproxy: 'docker.io/library/haproxy:3.2.6', keepalived: 'example/keepalived:1' })
  })

  it('have the package, the network and the normalized source address of the profile', () => {
    const cluster = withBalancing({
      api: { address: '192.168.1.99' },
      network: 'sync',
      sourceAddress: 'FD00:0::7',
      connectionSync: false,
      haproxyPackage: { path: 'haproxy.deb', sha256: 'AB'.repeat(32), version: '3.2.1' },
    })
    expect(cluster.loadBalancing).toMatchObject({
      network: 'sync',
      sourceAddress: 'fd00::7',
      connectionSync: false,
      haproxyPackage: { path: 'haproxy.deb', sha256: 'ab'.repeat(32), version: '3.2.1' },
    })
    expect(fact(cluster, 'loadBalancing.network')).toEqual({
      name: 'loadBalancing.network',
      value: 'sync',
      from: ['loadBalancing', 'network'],
    })
    const without = withBalancing({ api: { address: '192.168.1.99' } })
    expect([without.loadBalancing?.network, fact(without, 'loadBalancing.network')]).toEqual([
      null,
      undefined,
    ])
  })
})

describe('the ingress', () => {
  it('is null if the profile has none, and a row of explain says so', () => {
    const cluster = withIngress(undefined)
    expect(cluster.loadBalancing?.ingress).toBeNull()
    expect(fact(cluster, 'loadBalancing.ingress')).toEqual({
      name: 'loadBalancing.ingress',
      value: 'none',
      reason: 'the profile has none',
    })
  })

  it('derives the ports of its workers from its own', () => {
    expect(withIngress({ address: '192.168.1.98', httpPort: 81 }).loadBalancing?.ingress).toEqual({
      address: '192.168.1.98',
      addresses: ['192.168.1.98'],
      httpPort: 81,
      httpsPort: 443,
      workerHttpPort: 81,
      workerHttpsPort: 443,
      proxyProtocol: null,
    })
  })

  it.each([
    [true, 'v2'],
    ['v1', 'v1'],
    ['v2', 'v2'],
    [false, null],
  ] as const)('has for proxyProtocol: %s version %s', (proxyProtocol, expected) => {
    const cluster = withIngress({ address: '192.168.1.98', proxyProtocol })
    expect(cluster.loadBalancing?.ingress?.proxyProtocol).toBe(expected)
    expect(fact(cluster, 'loadBalancing.ingress.proxyProtocol')?.value).toBe(expected ?? 'none')
  })
})
