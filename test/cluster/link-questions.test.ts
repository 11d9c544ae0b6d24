import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import {
  cardsBelow,
  installCard,
  isPlain,
  linksOf,
  macOf,
  needsNetplan,
  networkOf,
  networkServiceOf,
  placeIn,
  subnetOf,
} from '../../src/cluster/links.ts'
import { debian12, networkCluster, networkProfile, rocky9, ubuntu2404 } from '../network-profile.ts'
import { bonded, clusterOf, machineOf, shown } from './links.ts'

const routesWith = (address: string): string[] => {
  const cluster = clusterOf("subnet6: 'fd00:1::/64'\ngateway6: 'fd00:1::1'", { address })
  return linksOf(cluster, machineOf(cluster))[0]!.routes.map(({ to, via }) => `${to} ${via}`)
}
const plain = (network: string, address = ''): boolean => isPlain(machineOf(clusterOf(network, { address })))
const bondedInterface = 'interface: bond0\nbonds: {bond0: {interfaces: [card0, card1], mode: active-backup}}'
const service = (distribution: string, network: string) => {
  const cluster = clusterOf(network, { distribution })
  return [networkServiceOf(machineOf(cluster)), needsNetplan(machineOf(cluster))]
}
const card = (cluster: Cluster) => installCard(cluster, machineOf(cluster))
const cardNames = (name: string): string[] =>
  cardsBelow(machineOf(bonded).network.links, name).map((each) => each.name)

const networkLine = (text: string) => {
  const found = networkOf(bonded, machineOf(bonded), text)
  return found && `${found.name} /${found.prefixLength} ${found.link.name}`
}

describe('the network of a machine', () => {
  it('is the network of the nodes, or one in which it has an address', () => {
    const machine = machineOf(bonded)
    const place = (name: string | null) => {
      const { address, link } = placeIn(machine, name)
      return `${address} ${link.name}`
    }
    expect([place(null), place('storage'), place('public')]).toEqual([
      '10.1.0.11 bond0',
      '10.2.0.11 bond0.20',
      '10.3.0.11 card2',
    ])
    expect(() => placeIn(machine, 'lab')).toThrow('control-1 is not in the network lab')
  })

  it('follows from an address of either family', () => {
    expect(
      ['10.1.0.99', '10.2.0.99', 'fd00:2::99', '10.3.0.99', '10.9.0.1', 'name'].map(networkLine),
    ).toEqual([
      'null /24 bond0',
      'storage /24 bond0.20',
      'storage /64 bond0.20',
      'public /24 card2',
      null,
      null,
    ])
  })

  it('is the subnet with its address, and an error for a missing subnet', () => {
    const cluster = networkCluster(
      networkProfile(rocky9, 'subnets: [{subnet: 10.1.16.0/24, gateway: 10.1.16.1}]').replace(
        'address: 10.1.0.14',
        'address: 10.1.16.14',
      ),
    )
    const worker = machineOf(cluster, 'worker-1')
    expect([machineOf(cluster), worker].map((machine) => subnetOf(cluster, machine).gateway)).toEqual([
      '10.1.0.1',
      '10.1.16.1',
    ])
    expect(worker.network.links.map((link) => shown(link))).toMatchInlineSnapshot(`
      [
        "ethernet card0: {"addresses":["10.1.16.14/24"],"card":0}",
      ]
    `)
    expect(cluster.network.subnets).toMatchInlineSnapshot(`
      [
        {
          "gateway": "10.1.0.1",
          "gateway6": null,
          "netmask": "255.255.255.0",
          "prefixLength": 24,
          "subnet": "10.1.0.0/24",
          "subnet6": null,
        },
        {
          "gateway": "10.1.16.1",
          "gateway6": null,
          "netmask": "255.255.255.0",
          "prefixLength": 24,
          "subnet": "10.1.16.0/24",
          "subnet6": null,
        },
      ]
    `)
    expect(() => subnetOf({ network: { ...cluster.network, subnets: [] } }, worker)).toThrow(
      'worker-1: no subnet',
    )
  })
})

describe('links with what they get from the network of the nodes', () => {
  it('have the default route, name servers and search domain only on its interface', () => {
    expect(linksOf(bonded, machineOf(bonded)).map((link) => shown(link))).toMatchInlineSnapshot(`
      [
        "ethernet card0: {"card":0,"mtu":9000}",
        "ethernet card1: {"card":1,"mtu":9000}",
        "ethernet card2: {"addresses":["10.3.0.11/24"],"routes":[{"to":"0.0.0.0/0","via":"10.3.0.1","metric":null,"table":103}],"routingPolicy":[{"from":"10.3.0.0/24","to":"10.1.0.0/24","table":254,"priority":1000},{"from":"10.3.0.0/24","to":"10.2.0.0/24","table":254,"priority":1000},{"from":"10.3.0.0/24","to":"10.3.0.0/24","table":254,"priority":1000},{"from":"10.3.0.0/24","to":"10.244.0.0/16","table":254,"priority":1000},{"from":"10.3.0.0/24","to":"10.96.0.0/16","table":254,"priority":1000},{"from":"10.3.0.0/24","to":null,"table":103,"priority":2000}],"card":2}",
        "bond bond0: {"addresses":["10.1.0.11/24"],"routes":[{"to":"0.0.0.0/0","via":"10.1.0.1","metric":null,"table":null}],"nameServers":["10.1.0.1"],"searchDomains":["example.com"],"interfaces":["card0","card1"],"bond":{"mode":"802.3ad","lacpRate":"fast","transmitHashPolicy":"layer3+4","miiMonitorInterval":100,"primary":null,"minLinks":null},"mtu":9000}",
        "vlan backup: {"id":30,"link":"bond0","mtu":1500}",
        "vlan bond0.20: {"addresses":["10.2.0.11/24","fd00:2::11/64"],"nameServers":["10.2.0.1"],"searchDomains":["storage.example.com"],"id":20,"link":"bond0","mtu":9000}",
        "bridge br0: {"interfaces":["backup"]}",
      ]
    `)
  })

  it('have an IPv6 route only with an IPv6 address', () => {
    expect(routesWith("\n    addresses: ['fd00:1::1#']")).toEqual(['0.0.0.0/0 10.1.0.1', '::/0 fd00:1::1'])
    expect(routesWith('')).toEqual(['0.0.0.0/0 10.1.0.1'])
  })

  it('have no name server twice', () => {
    const cluster = clusterOf(
      'additional: {lab: {subnet: 10.2.0.0/24, interface: card0, nameServers: [10.1.0.1, 10.2.0.1], searchDomains: [example.com, lab.example]}}',
      { address: '\n    addresses: [10.2.0.1#]' },
    )
    const [link] = linksOf(cluster, machineOf(cluster))
    expect([link?.nameServers, link?.searchDomains]).toEqual([
      ['10.1.0.1', '10.2.0.1'],
      ['example.com', 'lab.example'],
    ])
  })
})

describe('a plain machine', () => {
  it('has one card with its address, whatever its MTU', () => {
    expect([plain(''), plain('mtu: 9000')]).toEqual([true, true])
  })

  it.each([
    [
      'a second card',
      'additional: {lab: {subnet: 10.2.0.0/24, interface: card1}}',
      '\n    addresses: [10.2.0.1#]',
    ],
    ['DHCP on the same card', 'additional: {lab: {interface: card0, dhcp: true}}', ''],
    ['a second address', '', '\n    addresses: [10.1.0.2#]'],
    ['a route', 'routes: [{to: 10.9.0.0/16, via: 10.1.0.3}]', ''],
    ['a rule', 'routingPolicy: [{to: 10.9.0.0/16, table: 254, priority: 11}]', ''],
    ['a bridge', 'interface: br0\nbridges: {br0: {interfaces: [card0]}}', ''],
  ])('has no %s', (_, network, address) => {
    expect(plain(network, address)).toBe(false)
  })
})

describe('what configures the network', () => {
  it('is the service of the distribution', () => {
    expect(service(rocky9, bondedInterface)).toEqual(['NetworkManager', false])
    expect(service(ubuntu2404, bondedInterface)).toEqual(['systemd-networkd', false])
  })

  it('is netplan on Debian, except for a plain card with the default MTU', () => {
    const preseed = debian12.replace('}', ', install: preseed}')
    expect(service(preseed, '')).toEqual(['ifupdown', false])
    expect(service(preseed, 'mtu: 9000')).toEqual(['systemd-networkd', true])
    expect(service(preseed, bondedInterface)).toEqual(['systemd-networkd', true])
  })
})

describe('the card of the installer', () => {
  it('is that of the network of the nodes, or the first member of a bond', () => {
    expect([
      card(clusterOf('')),
      card(clusterOf('interface: bond0\nbonds: {bond0: {interfaces: [card2, card1], mode: active-backup}}')),
    ]).toMatchInlineSnapshot(`
      [
        {
          "fixed": {
            "address": "10.1.0.11",
            "gateway": "10.1.0.1",
            "netmask": "255.255.255.0",
          },
          "mac": "52-54-00-00-01-11",
        },
        {
          "fixed": {
            "address": "10.1.0.11",
            "gateway": "10.1.0.1",
            "netmask": "255.255.255.0",
          },
          "mac": "52-54-00-00-03-11",
        },
      ]
    `)
  })

  it('is that of the network that the profile names, with an address or by DHCP', () => {
    expect([
      card(
        clusterOf(
          'installer: provision\nadditional: {provision: {subnet: 10.2.0.0/24, interface: card1, gateway: 10.2.0.254, metric: 500}}',
          { address: '\n    addresses: [10.2.0.1#]' },
        ),
      ),
      card(
        networkCluster(
          networkProfile(
            rocky9,
            'installer: provision\nadditional: {provision: {subnet: 10.2.0.0/24, interface: card1}}',
            { address: '\n    addresses: [10.2.0.1#]' },
          ).replace('http://10.1.0.5', 'http://10.2.0.5'),
        ),
      ),
      card(clusterOf('installer: lab\nadditional: {lab: {interface: card2, dhcp: true}}')),
    ]).toMatchInlineSnapshot(`
      [
        {
          "fixed": {
            "address": "10.2.0.11",
            "gateway": "10.2.0.254",
            "netmask": "255.255.255.0",
          },
          "mac": "52-54-00-00-02-11",
        },
        {
          "fixed": {
            "address": "10.2.0.11",
            "gateway": null,
            "netmask": "255.255.255.0",
          },
          "mac": "52-54-00-00-02-11",
        },
        {
          "fixed": null,
          "mac": "52-54-00-00-03-11",
        },
      ]
    `)
  })

  it('is the first card below bonds, VLANs and bridges', () => {
    expect([cardNames('br0'), cardNames('bond0.20'), cardNames('card2'), cardNames('other')]).toEqual([
      ['card0', 'card1'],
      ['card0', 'card1'],
      ['card2'],
      [],
    ])
  })

  it('is an error if there is none', () => {
    const machine = machineOf(bonded)
    const [link] = machine.network.links
    if (link?.kind !== 'ethernet') throw new Error('not a card')
    expect(() => macOf(machine, { ...link, card: 9 })).toThrow('control-1: no card 9')
    expect(() => installCard(bonded, { ...machine, network: { ...machine.network, links: [] } })).toThrow(
      'control-1: no card for the installer',
    )
  })
})
