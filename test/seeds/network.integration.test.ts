import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { networkConfig } from '../../src/seeds/network-config.ts'
import { networkManagerFiles } from '../../src/seeds/network-manager.ts'
import { toYaml } from '../../src/templates/yaml.ts'
import { dualStackCluster } from '../dual-stack-profile.ts'
import {
  bondedAddresses,
  bondedRack,
  networkCluster,
  networkProfile,
  rocky9,
  ubuntu2404,
} from '../network-profile.ts'
import { readByAll, rightNetworks } from './network-readers.ts'
import { describeWith } from '../prerequisites.ts'
import { convert, netplan, nmcli, withoutRepetition } from '../support/network-readers.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-network-'))
})
afterAll(() => {
  rmSync(directory, { recursive: true })
})

const rack = (distribution: string): Cluster =>
  networkCluster(networkProfile(distribution, bondedRack, { address: bondedAddresses }))

const withRouter = (distribution: string): Cluster =>
  dualStackCluster(
    ['{name: rocky, version: "9"}', distribution],
    ['gateway6: fd00:10:1::1', 'gateway6: fe80::1'],
  )

describeWith({ programs: ['netplan', 'cloud-init'] }, 'netplan and cloud-init', () => {
  it('read a rack with a bond, VLANs, a bridge and a card to the outside', () => {
    const cluster = rack(ubuntu2404)
    const config = networkConfig(cluster, cluster.machines[0]!)
    const units = netplan(directory, toYaml({ network: config }))
    expect(Object.keys(units)).toMatchInlineSnapshot(`
      [
        "10-netplan-backup.netdev",
        "10-netplan-backup.network",
        "10-netplan-bond0.20.netdev",
        "10-netplan-bond0.20.network",
        "10-netplan-bond0.netdev",
        "10-netplan-bond0.network",
        "10-netplan-br0.netdev",
        "10-netplan-br0.network",
        "10-netplan-card0.link",
        "10-netplan-card0.network",
        "10-netplan-card1.link",
        "10-netplan-card1.network",
        "10-netplan-card2.network",
      ]
    `)
    expect(units['10-netplan-bond0.netdev']).toMatchInlineSnapshot(`
      "[NetDev]
      Name=bond0
      MTUBytes=9000
      Kind=bond

      [Bond]
      Mode=802.3ad
      LACPTransmitRate=fast
      MIIMonitorSec=100ms
      TransmitHashPolicy=layer3+4
      "
    `)
    expect(units['10-netplan-card2.network']).toMatchInlineSnapshot(`
      "[Match]
      PermanentMACAddress=52:54:00:00:03:11

      [Network]
      LinkLocalAddressing=ipv6
      Address=10.3.0.11/24

      [Route]
      Destination=0.0.0.0/0
      Gateway=10.3.0.1
      Table=103

      [RoutingPolicyRule]
      From=10.3.0.0/24
      To=10.1.0.0/24
      Table=254
      Priority=1000

      [RoutingPolicyRule]
      From=10.3.0.0/24
      To=10.2.0.0/24
      Table=254
      Priority=1000

      [RoutingPolicyRule]
      From=10.3.0.0/24
      To=10.3.0.0/24
      Table=254
      Priority=1000

      [RoutingPolicyRule]
      From=10.3.0.0/24
      To=10.244.0.0/16
      Table=254
      Priority=1000

      [RoutingPolicyRule]
      From=10.3.0.0/24
      To=10.96.0.0/16
      Table=254
      Priority=1000

      [RoutingPolicyRule]
      From=10.3.0.0/24
      Table=103
      Priority=2000
      "
    `)
    // What cloud-init writes for netplan is the same to it.
    const converted = netplan(directory, convert(directory, config, 'netplan').text)
    expect(withoutRepetition(converted)).toEqual(withoutRepetition(units))
  })

  it('render the same for other services', () => {
    const cluster = rack(ubuntu2404)
    const config = networkConfig(cluster, cluster.machines[0]!)
    for (const kind of ['eni', 'sysconfig', 'networkd', 'network-manager'] as const)
      expect(convert(directory, config, kind).text).toContain('10.2.0.11')
  })
})

describeWith({ programs: ['nmcli'] }, 'NetworkManager', () => {
  it('reads its connections of the same rack, and keeps their contents', () => {
    const cluster = rack(rocky9)
    for (const { text } of networkManagerFiles(cluster, cluster.machines[0]!)) {
      const { missing } = nmcli(directory, text)
      expect(missing).toEqual([])
    }
  })

  it('rejects a mistake, so that the test above means something', () => {
    const cluster = rack(rocky9)
    const bond = networkManagerFiles(cluster, cluster.machines[0]!).find(({ path }) =>
      path.includes('bond0.nm'),
    )
    expect(() => nmcli(directory, bond!.text.replace('mode=802.3ad', 'mode=lacp'))).toThrow('mode')
  })
})

describeWith({ programs: ['netplan', 'cloud-init', 'nmcli'] }, 'a router by its link-local address', () => {
  it('is read by netplan, cloud-init and NetworkManager', () => {
    const cluster = withRouter(ubuntu2404)
    const config = networkConfig(cluster, cluster.machines[0]!)
    const route = '[Route]\nDestination=::/0\nGateway=fe80::1\n'
    expect(netplan(directory, toYaml({ network: config }))['10-netplan-card0.network']).toContain(route)
    const converted = netplan(directory, convert(directory, config, 'netplan').text)
    expect(converted['10-netplan-card0.network']).toContain(route)
    const rocky = withRouter(rocky9)
    const [connection] = networkManagerFiles(rocky, rocky.machines[0]!)
    expect(connection?.text).toContain('fd00:10:1::11/64,fe80::1\n')
    expect(nmcli(directory, connection!.text).missing).toEqual([])
  })
})

describeWith({ programs: ['netplan', 'cloud-init', 'nmcli'] }, 'random networks', () => {
  it('are read by netplan, cloud-init and NetworkManager if check accepts them', () => {
    const networks = rightNetworks(150, 1).slice(0, 4)
    expect(networks.length).toBe(4)
    for (const network of networks) readByAll(directory, network)
  })
})
