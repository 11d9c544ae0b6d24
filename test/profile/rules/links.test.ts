import { describe, expect, it } from 'vitest'
import { networkProfile, rocky9, debian12, bondedAddresses, bondedRack } from '../../network-profile.ts'
import { mistakesIn } from '../mistakes.ts'

/** The first lines of each message. */
const said = (network: string, { distribution = rocky9, address = '' } = {}): string[] =>
  mistakesIn(networkProfile(distribution, network, { address }))
    .split('\n')
    .filter((line) => /^profile\.yaml:|^ {2}hint: /.test(line))
    .map((line) => line.replace(/^profile\.yaml:(\d+):\d+: /, '$1: '))

describe('network interfaces', () => {
  it('accept a bonded rack on each distribution', () => {
    for (const distribution of [rocky9, debian12, '{name: ubuntu, version: "24.04"}'])
      expect(said(bondedRack, { distribution, address: bondedAddresses })).toEqual([])
  })

  it.each([
    [
      'a name over 15 bytes',
      'interface: storage-of-rack-12\nbonds: {storage-of-rack-12: {interfaces: [card0, card1], mode: 802.3ad}}',
    ],
    ['a reserved name', 'interface: docker0\nbridges: {docker0: {interfaces: [card0]}}'],
    [
      'a name of two',
      'interface: x\nbonds: {x: {interfaces: [card0, card1], mode: balance-rr}}\nvlans: {x: {id: 2, link: card2}}',
    ],
    ['a name that says another VLAN', 'vlans: {card1.30: {id: 20, link: card1}}'],
    ['an unknown interface', 'interface: bond1\nbonds: {bond0: {interfaces: [card0, card1], mode: 802.3ad}}'],
    [
      'a card that the machines do not have',
      'interface: bond0\nbonds: {bond0: {interfaces: [card0, card3], mode: 802.3ad}}',
    ],
    ['a bond without mode', 'interface: bond0\nbonds: {bond0: {interfaces: [card0, card1]}}'],
    ['LACP with one card', 'interface: bond0\nbonds: {bond0: {interfaces: [card0], mode: 802.3ad}}'],
    [
      'a setting of another mode',
      'interface: bond0\nbonds: {bond0: {interfaces: [card0, card1], mode: active-backup, lacpRate: fast}}',
    ],
    ['a member with the address', 'bonds: {bond0: {interfaces: [card0, card1], mode: 802.3ad}}'],
    [
      'a member of two',
      'interface: bond0\nbonds: {bond0: {interfaces: [card0, card1], mode: 802.3ad}}\nbridges: {br0: {interfaces: [card1]}}',
    ],
    [
      'a VLAN on a member',
      'interface: bond0\nbonds: {bond0: {interfaces: [card0, card1], mode: 802.3ad}}\nvlans: {v20: {id: 20, link: card0}}',
    ],
    ['a VLAN ID twice', 'vlans: {v20: {id: 20, link: card1}, w20: {id: 20, link: card1}}'],
    ['a loop', 'bridges: {br0: {interfaces: [br1]}, br1: {interfaces: [br0]}}'],
    [
      'an MTU larger than below',
      'mtu: 9000\ninterface: bond0\nbonds: {bond0: {interfaces: [card0, card1], mode: 802.3ad}}\nethernets: {card1: {mtu: 1500}}\nadditional: {s: {subnet: 10.2.0.0/24, interface: v20, mtu: 9000}}\nvlans: {v20: {id: 20, link: bond0, mtu: 1500}}',
    ],
    [
      'a primary of NetworkManager',
      'interface: bond0\nbonds: {bond0: {interfaces: [card0, card1], mode: active-backup, primary: card0}}',
    ],
    ['an installer on a VLAN', 'interface: v20\nvlans: {v20: {id: 20, link: card0}}'],
  ])('refuse %s', (_name, network) => {
    expect(said(network)).toMatchSnapshot()
  })
})

describe('additional networks', () => {
  it.each([
    ['an address in no network', '', '\n    addresses: [10.2.0.1#/24]'],
    [
      'another prefix length',
      'additional: {s: {subnet: 10.2.0.0/24, interface: card1}}',
      '\n    addresses: [10.2.0.1#/16]',
    ],
    ['a network that overlaps', 'additional: {s: {subnet: 10.1.0.0/25, interface: card1}}', ''],
    [
      'a gateway in no subnet',
      'additional: {s: {subnet: 10.2.0.0/24, interface: card1, gateway: 10.3.0.1, table: 100}}',
      '',
    ],
    ['two default routes', 'additional: {s: {subnet: 10.2.0.0/24, interface: card1, gateway: 10.2.0.1}}', ''],
    [
      'a router that nobody reaches',
      'additional: {s: {subnet: 10.2.0.0/24, interface: card1, routes: [{to: 10.9.0.0/16, via: 10.1.0.1}]}}',
      '',
    ],
    [
      'an address twice',
      'additional: {s: {subnet: 10.2.0.0/24, interface: card1}}',
      '\n    addresses: [10.2.0.11]',
    ],
    [
      'a machine with the address of its gateway',
      'additional: {s: {subnet: 10.2.0.0/24, interface: card1, gateway: 10.2.0.12, table: 100}}',
      '\n    addresses: [10.2.0.1#]',
    ],
    ['an unknown installer', 'installer: boot', ''],
    [
      'an installer that does not reach the server',
      'installer: boot\nadditional: {boot: {subnet: 10.2.0.0/24, interface: card1}}',
      '\n    addresses: [10.2.0.1#]',
    ],
    ['an unknown interface of a network', 'additional: {s: {subnet: 10.2.0.0/24, interface: bond0}}', ''],
    ['a network without interface', 'additional: {s: {subnet: 10.2.0.0/24}}', ''],
    [
      'a name server that is not an address',
      'additional: {s: {subnet: 10.2.0.0/24, interface: card1, nameServers: [dns.example.com]}}',
      '',
    ],
    [
      'search domains that are none',
      'additional: {s: {subnet: 10.2.0.0/24, interface: card1, searchDomains: ["a b", "x.example.com;", "a\\nEND\\nreboot"]}}',
      '',
    ],
    [
      'a default route of metric 0 beside the first',
      'additional: {s: {subnet: 10.2.0.0/24, interface: card1, gateway: 10.2.0.1, metric: 0}}',
      '',
    ],
    [
      "a routing table of the kernel's own",
      'additional: {s: {subnet: 10.2.0.0/24, interface: card1, gateway: 10.2.0.1, table: 254}}',
      '',
    ],
  ])('refuse %s', (_name, network, address) => {
    expect(said(network, { address })).toMatchSnapshot()
  })
})

describe('routes and routing policy rules', () => {
  it.each([
    ['senders that are not a network', 'routingPolicy: [{from: storage, table: 100, priority: 5}]'],
    [
      'senders with commands for the installer',
      'routingPolicy: [{from: "10.2.0.0/24\\nEND\\nreboot", table: 100, priority: 5}]',
    ],
    ['receivers with bits after the prefix', 'routingPolicy: [{to: 10.9.0.5/16, table: 100, priority: 5}]'],
    ['a rule for everything', 'routingPolicy: [{table: 100, priority: 5}]'],
    [
      'a rule of both families',
      'routingPolicy: [{from: 10.2.0.0/24, to: "fd00::/64", table: 100, priority: 5}]',
    ],
    ['a route with bits after the prefix', 'routes: [{to: 10.9.0.5/16, via: 10.1.0.1}]'],
    ['a second default route', 'routes: [{to: default, via: 10.1.0.2}, {to: 0.0.0.0/0, via: 10.1.0.3}]'],
    [
      'a second default route of an additional network',
      'additional: {s: {subnet: 10.2.0.0/24, interface: card1, routes: [{to: default, via: 10.2.0.1}]}}',
    ],
    ['a router of IPv6 without a network', 'gateway6: "fd00::1"'],
  ])('refuse %s', (_name, network) => {
    expect(said(network)).toMatchSnapshot()
  })

  it('accept default routes with a table or a metric, and rules of one family', () => {
    expect(
      said(
        'routes: [{to: default, via: 10.1.0.2, table: 100}, {to: default, via: 10.1.0.3, metric: 500}]\nroutingPolicy: [{from: 10.1.0.0/24, to: 10.9.0.0/16, table: 100, priority: 5}]',
      ),
    ).toEqual([])
  })

  it("refuse a router of another subnet than the machine's", () => {
    const text = networkProfile(
      rocky9,
      'subnets: [{subnet: 10.1.16.0/24, gateway: 10.1.16.1}]\nroutes: [{to: 10.9.0.0/16, via: 10.1.0.2}]',
    ).replace('address: 10.1.0.14', 'address: 10.1.16.14')
    expect(mistakesIn(text)).toMatchInlineSnapshot(`
      "profile.yaml:11:35: error[link/gateway]: worker-1 does not reach the router 10.1.0.2 directly: it is in 10.1.16.0/24 [$.network.routes[0].via]
         11 |   routes: [{to: 10.9.0.0/16, via: 10.1.0.2}]
            |                                   ^^^^^^^^
        hint: move the route to 10.9.0.0/16 to the machines in the router's subnet: network.routes of each machine, or of a role
      "
    `)
  })
})

describe('the MTU of an interface with several networks', () => {
  const bond = 'interface: bond0\nbonds: {bond0: {interfaces: [card0, card1], mode: 802.3ad}}\n'
  const storage =
    'vlans: {v20: {id: 20, link: bond0}}\nadditional: {s: {subnet: 10.2.0.0/24, interface: v20, mtu: 9000}}'

  it('is not reported as smaller than a VLAN on it requires', () => {
    expect(said(`mtu: 1500\n${bond}${storage}`)).toMatchInlineSnapshot(`
      [
        "10: error[link/mtu]: the network of the machines has an MTU of 1500, but its interface bond0 also carries the network s with 9000 [$.network.mtu]",
        "  hint: write 9000 for both; or put the smaller one on a VLAN of its own",
      ]
    `)
  })

  it('is that of the VLAN by default', () => {
    expect(said(`${bond}${storage}`)).toEqual([])
  })
})

/** With other load balancing. */
const saidOf = (network: string, balancing: string, address: string): string[] =>
  mistakesIn(
    networkProfile(rocky9, network, { address }).replace(
      'loadBalancing: {api: {address: 10.1.0.10}}',
      () => `loadBalancing: ${balancing}`,
    ),
  )
    .split('\n')
    .filter((line) => /^profile\.yaml:|^ {2}hint: /.test(line))

describe('networks of load balancers', () => {
  const network = 'additional: {public: {subnet: 10.3.0.0/24, interface: card1}}'

  it('accept a virtual address of a network that all holders are in', () => {
    expect(saidOf(network, '{api: {address: 10.3.0.10}}', '\n    addresses: [10.3.0.1#]')).toEqual([])
  })

  it('accept machines in several subnets beside an external load balancer', () => {
    const text = networkProfile(rocky9, 'subnets: [{subnet: 10.1.16.0/24, gateway: 10.1.16.1}]')
      .replace(
        'loadBalancing: {api: {address: 10.1.0.10}}',
        'loadBalancing: {placement: external, api: {address: 10.1.0.10}}',
      )
      .replace('address: 10.1.0.13', 'address: 10.1.16.13')
    expect(mistakesIn(text)).toBe('')
  })

  it('refuse control planes in several subnets that would hold the address', () => {
    const text = networkProfile(rocky9, 'subnets: [{subnet: 10.1.16.0/24, gateway: 10.1.16.1}]').replace(
      'address: 10.1.0.13',
      'address: 10.1.16.13',
    )
    expect(mistakesIn(text)).toMatchInlineSnapshot(`
      "profile.yaml:29:1: error[load-balancing/across-routers]: control-1 is in 10.1.0.0/24 and control-3 in 10.1.16.0/24: VRRP cannot move an address across the router between them [$.loadBalancing]
         29 | loadBalancing: {api: {address: 10.1.0.10}}
            | ^^^^^^^^^^^^^
        hint: write placement: external and use a load balancer that is reachable from all subnets, or put the machines that hold the address into one subnet
        source: https://www.rfc-editor.org/rfc/rfc5798#section-5.1.1.3
      "
    `)
  })

  it.each([
    ['a virtual address of nobody', '{api: {address: 10.3.0.10}}', ''],
    ['a network that they are not in', '{network: public, api: {address: 10.1.0.10}}', ''],
    ['an unknown network', '{network: sync, api: {address: 10.1.0.10}}', ''],
  ])('refuse %s', (_name, balancing, address) => {
    expect(saidOf(network, balancing, address)).toMatchSnapshot()
  })
})
