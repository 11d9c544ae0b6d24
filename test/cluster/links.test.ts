import { describe, expect, it } from 'vitest'
import { resolve } from '../../src/cluster/resolve.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { exampleProfile, testSecrets } from '../example.ts'
import { ubuntu2404 } from '../network-profile.ts'
import { bonded, clusterOf, machineOf, shown } from './links.ts'

const linkLines = (network: string, address = ''): string[] =>
  machineOf(clusterOf(network, { address })).network.links.map((link) => shown(link))

const mtus = (network: string, address = '') =>
  Object.fromEntries(
    machineOf(clusterOf(network, { address })).network.links.map(({ name, mtu }) => [name, mtu]),
  )

/** The interface of an additional network with these settings, of which the machine has addresses. */
const additional = (network: string): string | undefined =>
  linkLines(
    `additional: {public: {interface: card1, ${network}}}`,
    "\n    addresses: [10.2.0.1#, 'fd00:2::1#']",
  )[1]

describe('the links of a machine', () => {
  it('are one card with its address if the profile describes none', () => {
    expect(linkLines('')).toMatchInlineSnapshot(`
      [
        "ethernet card0: {"addresses":["10.1.0.11/24"],"card":0}",
      ]
    `)
  })

  it('are bonds, VLANs, bridges and additional networks, lower ones first', () => {
    expect(machineOf(bonded).network.links.map((link) => shown(link))).toMatchInlineSnapshot(`
      [
        "ethernet card0: {"card":0,"mtu":9000}",
        "ethernet card1: {"card":1,"mtu":9000}",
        "ethernet card2: {"addresses":["10.3.0.11/24"],"routes":[{"to":"0.0.0.0/0","via":"10.3.0.1","metric":null,"table":103}],"routingPolicy":[{"from":"10.3.0.0/24","to":"10.1.0.0/24","table":254,"priority":1000},{"from":"10.3.0.0/24","to":"10.2.0.0/24","table":254,"priority":1000},{"from":"10.3.0.0/24","to":"10.3.0.0/24","table":254,"priority":1000},{"from":"10.3.0.0/24","to":"10.244.0.0/16","table":254,"priority":1000},{"from":"10.3.0.0/24","to":"10.96.0.0/16","table":254,"priority":1000},{"from":"10.3.0.0/24","to":null,"table":103,"priority":2000}],"card":2}",
        "bond bond0: {"addresses":["10.1.0.11/24"],"interfaces":["card0","card1"],"bond":{"mode":"802.3ad","lacpRate":"fast","transmitHashPolicy":"layer3+4","miiMonitorInterval":100,"primary":null,"minLinks":null},"mtu":9000}",
        "vlan backup: {"id":30,"link":"bond0","mtu":1500}",
        "vlan bond0.20: {"addresses":["10.2.0.11/24","fd00:2::11/64"],"nameServers":["10.2.0.1"],"searchDomains":["storage.example.com"],"id":20,"link":"bond0","mtu":9000}",
        "bridge br0: {"interfaces":["backup"]}",
      ]
    `)
  })

  it('name the interface, its MTU, the networks and the further addresses of the machine', () => {
    const { links, ...rest } = machineOf(bonded).network
    expect(links).not.toEqual([])
    expect(rest).toMatchInlineSnapshot(`
      {
        "further": [
          {
            "address": "10.2.0.11",
            "interface": "bond0.20",
            "name": "storage",
            "prefixLength": 24,
          },
          {
            "address": "fd00:2::11",
            "interface": "bond0.20",
            "name": "storage",
            "prefixLength": 64,
          },
          {
            "address": "10.3.0.11",
            "interface": "card2",
            "name": "public",
            "prefixLength": 24,
          },
        ],
        "installer": null,
        "interface": "bond0",
        "mtu": 9000,
        "networks": [
          {
            "interface": "bond0.20",
            "name": "storage",
            "subnets": [
              "10.2.0.0/24",
              "fd00:2::/64",
            ],
          },
          {
            "interface": "card2",
            "name": "public",
            "subnets": [
              "10.3.0.0/24",
            ],
          },
        ],
        "subnet": 0,
      }
    `)
  })

  it('have the defaults of bonds and bridges if the profile sets only their members', () => {
    expect(
      linkLines(
        'interface: br0\nbonds: {bond0: {interfaces: [card0, card1], mode: active-backup}}\nbridges: {br0: {interfaces: [bond0]}}',
      ),
    ).toMatchInlineSnapshot(`
      [
        "ethernet card0: {"card":0}",
        "ethernet card1: {"card":1}",
        "bond bond0: {"interfaces":["card0","card1"],"bond":{"mode":"active-backup","lacpRate":null,"transmitHashPolicy":null,"miiMonitorInterval":100,"primary":null,"minLinks":null}}",
        "bridge br0: {"addresses":["10.1.0.11/24"],"interfaces":["bond0"]}",
      ]
    `)
  })

  it.each([
    ['active-backup', 'primary: card1, miiMonitorInterval: 50, mtu: 9000'],
    ['802.3ad', 'lacpRate: slow, minLinks: 1, transmitHashPolicy: layer2+3'],
  ])('have all settings of a bond in mode %s, and of a bridge', (mode, settings) => {
    const bonds = `bonds: {bond0: {interfaces: [card0, card1], mode: ${mode}, ${settings}}}`
    const cluster = clusterOf(
      `interface: bond0\n${bonds}\nbridges: {br0: {interfaces: [card2], stp: true, mtu: 1400}}`,
      { distribution: ubuntu2404 },
    )
    expect(machineOf(cluster).network.links.map((link) => shown(link))).toMatchSnapshot()
  })

  it('are in numerical order, not in the order of digits', () => {
    const names = linkLines(
      'vlans: {v10: {id: 10, link: card0}, v9: {id: 9, link: card0}, v100: {id: 100, link: card1}}',
    ).map((line) => line.split(':')[0])
    expect(names).toEqual(['ethernet card0', 'ethernet card1', 'vlan v9', 'vlan v10', 'vlan v100'])
  })

  it('are only those that something uses, so a card without a network is omitted', () => {
    expect(linkLines('ethernets: {card2: {mtu: 9000}}').length).toBe(1)
  })

  it('have routes and rules of the network of the nodes on its interface', () => {
    expect(
      linkLines(
        'routes: [{to: default, via: 10.1.0.2, metric: 50}, {to: 10.9.0.0/16, via: 10.1.0.3, table: 7}]\n' +
          'routingPolicy: [{from: 10.1.0.0/24, table: 7, priority: 10}, {to: 10.9.0.0/16, table: 7, priority: 11}]',
      ),
    ).toMatchInlineSnapshot(`
      [
        "ethernet card0: {"addresses":["10.1.0.11/24"],"routes":[{"to":"0.0.0.0/0","via":"10.1.0.2","metric":50,"table":null},{"to":"10.9.0.0/16","via":"10.1.0.3","metric":null,"table":7}],"routingPolicy":[{"from":"10.1.0.0/24","to":null,"table":7,"priority":10},{"from":null,"to":"10.9.0.0/16","table":7,"priority":11}],"card":0}",
      ]
    `)
  })

  it('use DHCP in a network that has it, without an address of the machine', () => {
    expect(linkLines('additional: {lab: {interface: card1, dhcp: true}}')).toMatchInlineSnapshot(`
      [
        "ethernet card0: {"addresses":["10.1.0.11/24"],"card":0}",
        "ethernet card1: {"dhcp":true,"card":1}",
      ]
    `)
  })

  it('omit a network in which the machine has no address', () => {
    expect(
      linkLines('additional: {storage: {subnet: 10.2.0.0/24, interface: card1}}').map(
        (line) => line.split(':')[0],
      ),
    ).toEqual(['ethernet card0'])
  })

  it('accept two addresses of one network, and further ones in that of the nodes', () => {
    expect(
      linkLines(
        'additional: {storage: {subnet: 10.2.0.0/24, interface: card1}}',
        '\n    addresses: [10.2.0.1#, 10.2.0.2#, 10.1.0.2#]',
      ),
    ).toMatchInlineSnapshot(`
      [
        "ethernet card0: {"addresses":["10.1.0.11/24","10.1.0.21/24"],"card":0}",
        "ethernet card1: {"addresses":["10.2.0.11/24","10.2.0.21/24"],"card":1}",
      ]
    `)
  })
})

describe('the MTU of a link', () => {
  it("is the kernel's default if nothing sets another", () => {
    expect(mtus('vlans: {v2: {id: 2, link: card0}}')).toEqual({ card0: null, v2: null })
  })

  it('is on lower links at least that of the links above', () => {
    expect(
      mtus(
        'interface: bond0\nmtu: 9000\nbonds: {bond0: {interfaces: [card0, card1], mode: balance-xor}}\nvlans: {v2: {id: 2, link: bond0, mtu: 9100}, v3: {id: 3, link: bond0, mtu: 1500}}',
      ),
    ).toEqual({ card0: 9100, card1: 9100, bond0: 9100, v2: 9100, v3: 1500 })
  })

  it('is the largest if several links above have one, in any order', () => {
    for (const [two, three] of [
      [4000, 9000],
      [9000, 4000],
    ])
      expect(
        mtus(`vlans: {v2: {id: 2, link: card0, mtu: ${two}}, v3: {id: 3, link: card0, mtu: ${three}}}`),
      ).toEqual({ card0: 9000, v2: two, v3: three })
  })

  it('is that of the profile if the profile sets one, even below larger ones', () => {
    expect(
      mtus(
        'ethernets: {card1: {mtu: 9100}}\nadditional: {storage: {subnet: 10.2.0.0/24, interface: card1, mtu: 9000}}',
        '\n    addresses: [10.2.0.1#]',
      ),
    ).toEqual({ card0: null, card1: 9100 })
  })

  it('is also that of the machine itself, and null if nothing sets one', () => {
    expect(machineOf(clusterOf('mtu: 9000')).network.mtu).toBe(9000)
    expect(machineOf(clusterOf('')).network.mtu).toBeNull()
  })
})

describe('the gateway of an additional network', () => {
  it('is a route with its metric', () => {
    expect(
      additional("subnet: 10.2.0.0/24, subnet6: 'fd00:2::/64', gateway: 10.2.0.1, metric: 500"),
    ).toMatchInlineSnapshot(
      `"ethernet card1: {"addresses":["10.2.0.11/24","fd00:2::11/64"],"routes":[{"to":"0.0.0.0/0","via":"10.2.0.1","metric":500,"table":null}],"card":1}"`,
    )
  })

  it('is in a table for packets from the network, which does not apply to the rack itself', () => {
    expect(
      additional(
        "subnet: 10.2.0.0/24, subnet6: 'fd00:2::/64', gateway: 10.2.0.1, table: 102, routes: [{to: 10.8.0.0/16, via: 10.2.0.2}], routingPolicy: [{from: 10.2.0.9/32, table: 9, priority: 9}]",
      ),
    ).toMatchInlineSnapshot(
      `"ethernet card1: {"addresses":["10.2.0.11/24","fd00:2::11/64"],"routes":[{"to":"0.0.0.0/0","via":"10.2.0.1","metric":null,"table":102},{"to":"10.8.0.0/16","via":"10.2.0.2","metric":null,"table":null}],"routingPolicy":[{"from":"10.2.0.0/24","to":"10.1.0.0/24","table":254,"priority":1000},{"from":"10.2.0.0/24","to":"10.2.0.0/24","table":254,"priority":1000},{"from":"10.2.0.0/24","to":"10.244.0.0/16","table":254,"priority":1000},{"from":"10.2.0.0/24","to":"10.96.0.0/16","table":254,"priority":1000},{"from":"10.2.0.0/24","to":null,"table":102,"priority":2000},{"from":"10.2.0.9/32","to":null,"table":9,"priority":9}],"card":1}"`,
    )
  })

  it('is an IPv6 route if the gateway has such an address', () => {
    expect(
      additional("subnet: 10.2.0.0/24, subnet6: 'fd00:2::/64', gateway: 'fd00:2::1', table: 102"),
    ).toMatchInlineSnapshot(
      `"ethernet card1: {"addresses":["10.2.0.11/24","fd00:2::11/64"],"routes":[{"to":"::/0","via":"fd00:2::1","metric":null,"table":102}],"routingPolicy":[{"from":"fd00:2::/64","to":"fd00:2::/64","table":254,"priority":1000},{"from":"fd00:2::/64","to":null,"table":102,"priority":2000}],"card":1}"`,
    )
  })
})

describe('links of a profile that was not checked', () => {
  it.each<[string, (profile: Profile) => void, string]>([
    ['an interface that is nowhere', ({ network }) => (network.interface = 'eth7'), 'no interface eth7'],
    [
      'a VLAN without a link',
      ({ network }) => (network.vlans = { v2: { id: 2 } }),
      'the VLAN v2 is incomplete',
    ],
    [
      'a bond without a mode',
      ({ network }) => (network.bonds = { b: { interfaces: ['card0'] } }),
      'the bond b is incomplete',
    ],
    [
      'a bridge without members',
      ({ network }) => (network.bridges = { b: {} }),
      'the bridge b is incomplete',
    ],
    [
      'an address in no network',
      ({ machines }) => (machines[0]!.addresses = ['10.99.0.1']),
      'sample-haproxy-001: 10.99.0.1 is in no network',
    ],
    [
      'an address that is not one',
      ({ machines }) => (machines[0]!.addresses = ['x']),
      'sample-haproxy-001: x is in no network',
    ],
    [
      'a network without an interface',
      ({ network, machines }) => {
        network.additional = { lab: { subnet: '10.2.0.0/24' } }
        machines[0]!.addresses = ['10.2.0.1']
      },
      'sample-haproxy-001: the network lab has no interface',
    ],
    [
      'DHCP without an interface',
      ({ network }) => (network.additional = { lab: { dhcp: true } }),
      'sample-haproxy-001: the network lab has no interface',
    ],
    [
      'an installer in a network without an interface',
      ({ network }) => {
        network.installer = 'lab'
        network.additional = { lab: { subnet: '10.2.0.0/24' } }
      },
      'no interface for the network lab',
    ],
    [
      'an installer in a network without an address',
      ({ network }) => {
        network.installer = 'lab'
        network.additional = { lab: { subnet: '10.2.0.0/24', interface: 'card0' } }
      },
      'no address in the network lab',
    ],
  ])('%s: are an error', (_, change, message) => {
    const profile = structuredClone(exampleProfile())
    change(profile)
    expect(() => resolve(profile, new Map(), testSecrets)).toThrow(new Error(message))
  })
})
