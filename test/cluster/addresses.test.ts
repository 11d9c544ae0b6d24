import { describe, expect, it } from 'vitest'
import {
  familiesOf,
  isDualStack,
  memberAddresses,
  memberSubnets,
  nodeAddress,
  nodeAddresses,
  usesIPv6,
} from '../../src/cluster/families.ts'
import { nodeNameOf } from '../../src/cluster/node-name.ts'
import { changedCluster, machineOf } from '../components/host.ts'
import { dualStackCluster, ipv6First, ipv6Only } from '../dual-stack-profile.ts'

const ipv4 = changedCluster((profile) => {
  profile.network.subnet6 = 'fd00:10:10::/64'
  profile.machines[5]!.addresses = ['fd00:10:10::16']
})

/** What is asked about families, of control-1. */
const answers = (cluster = dualStackCluster(), name = 'control-1') => {
  const machine = machineOf(cluster, name)
  return {
    families: familiesOf(cluster),
    isDualStack: isDualStack(cluster),
    usesIPv6: usesIPv6(cluster),
    node: nodeAddress(cluster, machine),
    ofNode: nodeAddresses(cluster, machine),
    ofMember: memberAddresses(cluster, machine),
    subnets: memberSubnets(cluster),
  }
}

describe('the addresses of a machine', () => {
  it('are of both families if pods have both, the primary family first', () => {
    const all = {
      families: ['ipv4', 'ipv6'],
      isDualStack: true,
      usesIPv6: true,
      node: '10.1.0.11',
      ofNode: ['10.1.0.11', 'fd00:10:1::11'],
      ofMember: ['10.1.0.11', 'fd00:10:1::11'],
      subnets: ['10.1.0.0/24', 'fd00:10:1::/64'],
    }
    expect(answers()).toEqual(all)
    expect(answers(dualStackCluster(...ipv6First))).toEqual({
      ...all,
      families: ['ipv6', 'ipv4'],
      node: 'fd00:10:1::11',
      ofNode: ['fd00:10:1::11', '10.1.0.11'],
    })
  })

  it('are IPv6 addresses only for nodes whose pods have no others', () => {
    expect(answers(dualStackCluster(...ipv6Only))).toEqual({
      families: ['ipv6'],
      isDualStack: false,
      usesIPv6: true,
      node: 'fd00:10:1::11',
      ofNode: ['fd00:10:1::11'],
      ofMember: ['10.1.0.11', 'fd00:10:1::11'],
      subnets: ['10.1.0.0/24', 'fd00:10:1::/64'],
    })
  })

  it('are IPv4 addresses only for IPv4 pods, whatever else the machine has', () => {
    expect(answers(ipv4, 'sample-kube-worker-001')).toEqual({
      families: ['ipv4'],
      isDualStack: false,
      usesIPv6: false,
      node: '10.10.10.16',
      ofNode: ['10.10.10.16'],
      ofMember: ['10.10.10.16'],
      subnets: ['10.10.10.0/24'],
    })
  })

  it('are not those in additional networks', () => {
    const cluster = dualStackCluster()
    const machine = machineOf(cluster, 'control-1')
    const elsewhere = { name: 'lab', address: 'fd00:9::1', prefixLength: 64, interface: 'card0' }
    const with4 = { ...elsewhere, name: null, address: '10.9.0.1', prefixLength: 24 }
    const further = [elsewhere, with4, ...machine.network.further]
    expect(nodeAddresses(cluster, { ...machine, network: { ...machine.network, further } })).toEqual([
      '10.1.0.11',
      'fd00:10:1::11',
    ])
    const alone = { ...machine, network: { ...machine.network, further: [elsewhere, with4] } }
    expect([nodeAddresses(cluster, alone), memberAddresses(cluster, alone)]).toEqual([
      ['10.1.0.11'],
      ['10.1.0.11'],
    ])
    expect(() => nodeAddresses(dualStackCluster(...ipv6Only), alone)).toThrow(
      new Error('control-1 has no address of the primary family'),
    )
  })
})

it('a node has the name of its machine, with the search domain if the profile sets full names', () => {
  const full = changedCluster((profile) => (profile.kubernetes.nodeNames = 'full'))
  expect([ipv4, full].map((cluster) => nodeNameOf(cluster, cluster.machines[5]!))).toEqual([
    'sample-kube-worker-001',
    'sample-kube-worker-001.example.com',
  ])
})
