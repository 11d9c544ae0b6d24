import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { mistakes, good, replace } from '../mistakes.ts'

/** Each kind of address that nodes ask, put into the good profile. */
const places: Readonly<Record<string, (address: string) => [from: string, to: string][]>> = {
  server: (address) => [['http://10.10.10.5:8080', `http://${address}:8080`]],
  'name server': (address) => [['nameServers: [10.10.10.1]', `nameServers: [${address}]`]],
  'time server': (address) => [
    ['nameServers: [10.10.10.1]', `nameServers: [10.10.10.1]\n  timeServers: [${address}]`],
  ],
  'mirror of the distribution': (address) => [
    ['users:', `mirrors:\n  distribution: http://${address}/rocky\nusers:`],
  ],
  'mirror of Kubernetes': (address) => [['users:', `mirrors:\n  kubernetes: http://${address}/\nusers:`]],
  'mirror of a repository': (address) => [
    ['users:', `mirrors:\n  repositories:\n    docker: http://${address}/\nusers:`],
  ],
  'mirror of images': (address) => [
    ['users:', `mirrors:\n  images:\n    docker.io: https://${address}:5000\nusers:`],
  ],
  'registry of Kubernetes': (address) => [
    ['  version: "1.36.4"', `  version: "1.36.4"\n  imageRepository: ${address}:5000/kubernetes`],
  ],
  'external load balancer': (address) => [
    [
      '  api:\n    address: 10.10.10.19\n  ingress:\n    address: 10.10.10.20\n',
      `  placement: external\n  api:\n    address: ${address}\n`,
    ],
    ['  - name: balancer-1\n    role: load-balancer', '  - name: balancer-1\n    role: worker'],
    ['  - name: balancer-2\n    role: load-balancer', '  - name: balancer-2\n    role: worker'],
  ],
}

const docker: [from: string, to: string] = [
  'users:',
  'containerRuntime:\n  name: docker\n  criDockerd:\n    path: a\n    sha256: "' +
    '0'.repeat(64) +
    '"\nusers:',
]

const found = (...changes: [from: string, to: string][]): string[] =>
  parseProfile(replace(good, ...changes), 'profile.yaml').diagnostics.map(
    ({ code, message }) => `${code}: ${message}`,
  )

describe('addresses inside the networks of nodes', () => {
  it.each(Object.keys(places))('are reported for %s in the network of pods, services or Docker', (name) => {
    const changes = places[name]?.bind(null) ?? (() => [])
    const what = name.replace(/ of .*/, '')
    expect(found(...changes('10.244.7.1'))).toEqual([
      `network/address-inside: the ${what} 10.244.7.1 is in the pod network 10.244.0.0/16, the default, so nodes cannot reach it`,
    ])
    expect(found(...changes('10.96.0.7'))).toEqual([
      `network/address-inside: the ${what} 10.96.0.7 is in the service network 10.96.0.0/16, the default, so nodes cannot reach it`,
    ])
    const onBridge = found(...changes('172.17.0.9'), docker).filter((text) => !text.startsWith('mirrors/'))
    expect(onBridge).toEqual([
      `network/address-inside: the ${what} 172.17.0.9 is in the network of Docker's bridge 172.17.0.0/16, so nodes cannot reach it`,
    ])
  })

  it.each(Object.keys(places))('are accepted for %s elsewhere', (name) => {
    const changes = places[name]?.bind(null) ?? (() => [])
    expect(found(...changes('203.0.113.9'))).toEqual([])
    expect(found(...changes('10.10.10.77'))).toEqual([])
  })

  it('are reported with where to move, and where the network is set', () => {
    expect(
      mistakes(
        ['http://10.10.10.5:8080', 'http://10.20.0.5:8080'],
        ['  version: "1.36.4"\n', '  version: "1.36.4"\n  podNetwork: 10.20.0.0/16\n'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[network/address-inside]: the server 10.20.0.5 is in the pod network 10.20.0.0/16, so nodes cannot reach it [$.server]
          3 | server: http://10.20.0.5:8080
            |         ^^^^^^^^^^^^^^^^^^^^^
        hint: write kubernetes.podNetwork: 10.244.0.0/16, or give the server another address
        profile.yaml:45:15: the pod network is set here
      "
    `)
    expect(mistakes(['users:', 'mirrors:\n  distribution: http://10.96.0.7/rocky\nusers:']))
      .toMatchInlineSnapshot(`
      "profile.yaml:46:17: error[network/address-inside]: the mirror 10.96.0.7 is in the service network 10.96.0.0/16, the default, so nodes cannot reach it [$.mirrors.distribution]
         46 |   distribution: http://10.96.0.7/rocky
            |                 ^^^^^^^^^^^^^^^^^^^^^^
        hint: write kubernetes.serviceNetwork: 172.20.0.0/16, or give the mirror another address
      "
    `)
  })

  it("are reported for networks on Docker's bridge", () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  podNetwork: 172.16.0.0/12\n'], docker))
      .toMatchInlineSnapshot(`
      "profile.yaml:45:15: error[network/overlap]: the pod network 172.16.0.0/12 overlaps 172.17.0.0/16, which Docker uses for its bridge on every node [$.kubernetes.podNetwork]
         45 |   podNetwork: 172.16.0.0/12
            |               ^^^^^^^^^^^^^
        hint: use another network, e.g. 10.244.0.0/16
        source: https://docs.docker.com/engine/network/drivers/bridge/
      "
    `)
    expect(found(['  version: "1.36.4"\n', '  version: "1.36.4"\n  podNetwork: 172.16.0.0/12\n'])).toEqual([])
  })

  it('are reported once for overlapping networks, not for each address in them', () => {
    expect(found(['  version: "1.36.4"\n', '  version: "1.36.4"\n  serviceNetwork: 10.10.0.0/16\n'])).toEqual(
      ['network/overlap: the service network 10.10.0.0/16 overlaps the machine network 10.10.10.0/24'],
    )
  })
})

describe('virtual addresses', () => {
  const atInstall = [
    'server',
    'name server',
    'time server',
    'mirror of the distribution',
    'mirror of Kubernetes',
  ]
  it.each(atInstall)('are reported for %s', (name) => {
    const changes = places[name]?.bind(null) ?? (() => [])
    const what = name.replace(/ of .*/, '')
    expect(found(...changes('10.10.10.19'))).toEqual([
      `address/virtual: the ${what} 10.10.10.19 is the virtual address of the API, which no machine holds during installation`,
    ])
    expect(found(...changes('10.10.10.20'))).toEqual([
      `address/virtual: the ${what} 10.10.10.20 is the virtual address of the ingress, which no machine holds during installation`,
    ])
  })

  it('are reported for the registry of Kubernetes', () => {
    expect(found(...places['registry of Kubernetes']!('10.10.10.20'))).toEqual([
      'address/virtual: the registry 10.10.10.20 is the virtual address of the ingress, which no machine holds during installation',
    ])
  })

  it('are accepted for a registry in the cluster, behind the ingress', () => {
    const changes = places['mirror of images']?.bind(null) ?? (() => [])
    expect(found(...changes('10.10.10.20'))).toEqual([])
  })

  it('are reported for the server', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://10.10.10.19:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[address/virtual]: the server 10.10.10.19 is the virtual address of the API, which no machine holds during installation [$.server]
          3 | server: http://10.10.10.19:8080
            |         ^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the address of the machine that runs hakube serve
        profile.yaml:40:14: used here
      "
    `)
  })
})

describe('an address that no host can have', () => {
  const special: [address: string, is: string][] = [
    ['127.0.0.53', 'each machine itself'],
    ['0.0.0.0', 'not the address of a machine'],
    ['224.0.0.18', 'an address of groups (multicast)'],
    ['255.255.255.255', 'reserved, or the broadcast address'],
    ['10.10.10.0', 'the network address of 10.10.10.0/24'],
    ['10.10.10.255', 'the broadcast address of 10.10.10.0/24'],
  ]
  it.each(Object.keys(places))('is reported for %s', (name) => {
    const changes = places[name]?.bind(null) ?? (() => [])
    const what = name.replace(/ of .*/, '')
    // The server has a message of its own for those, and a mirror of images can be on each node.
    const mayBeLocal = name === 'server' || name === 'mirror of images'
    for (const [address, is] of mayBeLocal ? special.slice(2) : special)
      expect(found(...changes(address)).filter((text) => text.startsWith('address/reserved'))).toEqual([
        `address/reserved: the ${what} ${address} is ${is}, so machines cannot query it`,
      ])
  })
  it('may be the loopback address if a registry has a mirror on each node', () => {
    expect(found(...places['mirror of images']!('127.0.0.1'))).toEqual([])
  })
})

describe('an external load balancer', () => {
  const external = places['external load balancer']?.bind(null) ?? (() => [])
  it('may be the gateway', () => {
    expect(found(...external('10.10.10.1'))).toEqual([])
  })
  it('is not a machine of the rack', () => {
    expect(found(...external('10.10.10.16'))).toEqual([
      'address/duplicate: the address 10.10.10.16 of the API is already used by worker-1',
    ])
  })
})
