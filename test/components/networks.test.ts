import { describe, expect, it } from 'vitest'
import { conntrackd } from '../../src/components/conntrackd.ts'
import { networkInterface } from '../../src/components/interface.ts'
import { keepalived } from '../../src/components/keepalived.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import type { Component, Part } from '../../src/assembly/component.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { textOf } from '../../src/templates/template.ts'
import { networkCluster, networkProfile, rocky9 } from '../network-profile.ts'

const part = (component: Component, cluster: Cluster): Part =>
  component.contribute?.(cluster, cluster.machines[0]!) ?? {}
const file = (component: Component, cluster: Cluster, path: string): string => {
  const found = part(component, cluster).files?.find((each) => each.path === path)
  if (!found) throw new Error(`no ${path}`)
  return textOf(found.content)
}
const profile = (network: string, balancing: string, address: string) =>
  networkCluster(
    networkProfile(rocky9, network, { address }).replace(
      'loadBalancing: {api: {address: 10.1.0.10}}',
      () => `loadBalancing: ${balancing}`,
    ),
  )

describe('a virtual address in another network', () => {
  const cluster = profile(
    'additional: {public: {subnet: 10.3.0.0/24, interface: card1, gateway: 10.3.0.1, table: 103}}',
    '{api: {address: 10.3.0.10}, ingress: {address: 10.1.0.20}}',
    '\n    addresses: [10.3.0.1#]',
  )

  it('is held by the card of that network, which keepalived tracks', () => {
    const text = file(keepalived, cluster, '/etc/keepalived/keepalived.conf')
    expect(text.slice(text.indexOf('vrrp_instance'))).toMatchInlineSnapshot(`
      "vrrp_instance virtual_addresses {
          # No machine starts as master: \`state MASTER\` would create two masters at boot.
          state BACKUP
          interface $INTERFACE
          virtual_router_id 71
          priority 100
          # The others take over after three missed advertisements: together with two failed checks, within 5 s.
          advert_int 0.5
          # Unicast works in networks that drop multicast, and other clusters cannot respond by mistake.
          unicast_src_ip 10.1.0.11
          unicast_peer {
              10.1.0.12
              10.1.0.13
          }
          # Another machine takes over if one of these has no link.
          track_interface {
              $INTERFACE_CARD1
          }
          track_script {
              check_haproxy
          }
          virtual_ipaddress {
              10.3.0.10/24 dev $INTERFACE_CARD1
              10.1.0.20/24
          }
      }
      "
    `)
  })

  it('has its card found by its MAC address', () => {
    expect(file(networkInterface, cluster, '/usr/libexec/hakube/find-interface')).toMatchSnapshot()
  })
})

describe('load balancers that communicate in a separate network', () => {
  const cluster = profile(
    `bonds: {bond0: {interfaces: [card1, card2], mode: active-backup}}
vlans: {bond0.30: {id: 30, link: bond0}}
additional: {sync: {subnet: 10.3.0.0/24, interface: bond0.30}}`,
    '{network: sync, api: {address: 10.1.0.10}, sourceAddress: 10.1.0.20, connectionSync: true}',
    '\n    addresses: [10.3.0.1#]',
  )

  it('use VRRP there', () => {
    const text = file(keepalived, cluster, '/etc/keepalived/keepalived.conf')
    expect(text.slice(text.indexOf('vrrp_instance'))).toMatchInlineSnapshot(`
      "vrrp_instance virtual_addresses {
          # No machine starts as master: \`state MASTER\` would create two masters at boot.
          state BACKUP
          interface $INTERFACE
          virtual_router_id 71
          priority 100
          # The others take over after three missed advertisements: together with two failed checks, within 5 s.
          advert_int 0.5
          # Unicast works in networks that drop multicast, and other clusters cannot respond by mistake.
          unicast_src_ip 10.3.0.11
          unicast_peer {
              10.3.0.12
              10.3.0.13
          }
          # Another machine takes over if one of these has no link.
          track_interface {
              $INTERFACE_CARD0
          }
          track_script {
              check_haproxy
          }
          virtual_ipaddress {
              10.1.0.10/24 dev $INTERFACE_CARD0
              10.1.0.20/24 dev $INTERFACE_CARD0
          }
          notify_master "/usr/libexec/keepalived/virtual-address-state primary"
          notify_backup "/usr/libexec/keepalived/virtual-address-state backup"
          notify_fault "/usr/libexec/keepalived/virtual-address-state fault"
          notify_stop "/usr/libexec/keepalived/virtual-address-state fault"
      }
      "
    `)
    expect(part(keepalived, cluster).ports).toMatchInlineSnapshot(`
      [
        {
          "protocol": "vrrp",
          "purpose": "VRRP of keepalived, between load balancers",
          "sources": [
            "10.3.0.12",
            "10.3.0.13",
          ],
        },
      ]
    `)
    expect(file(networkInterface, cluster, '/usr/libexec/hakube/find-interface')).toMatchSnapshot()
  })

  it('synchronize connections there', () => {
    expect(file(conntrackd, cluster, '/etc/conntrackd/conntrackd.conf').match(/^ *IPv4_\w+ .*/gm))
      .toMatchInlineSnapshot(`
      [
        "        IPv4_address 239.255.37.71",
        "        IPv4_interface 10.3.0.11",
        "            IPv4_address 127.0.0.0/8",
        "            IPv4_address 10.1.0.11",
        "            IPv4_address 10.1.0.12",
        "            IPv4_address 10.1.0.13",
        "            IPv4_address 10.3.0.11",
        "            IPv4_address 10.3.0.12",
        "            IPv4_address 10.3.0.13",
        "            IPv4_address 10.1.0.10",
        "            IPv4_address 10.1.0.20",
        "            IPv4_address 10.244.0.0/16",
        "            IPv4_address 10.96.0.0/16",
      ]
    `)
  })
})

it('ports for machines are open to all subnets', () => {
  const cluster = networkCluster(
    networkProfile(rocky9, 'subnets: [{subnet: 10.1.16.0/24, gateway: 10.1.16.1}]').replace(
      'address: 10.1.0.14',
      'address: 10.1.16.14',
    ),
  )
  expect(part(kubeadm, cluster).ports?.find(({ purpose }) => purpose === 'kubelet API'))
    .toMatchInlineSnapshot(`
    {
      "port": 10250,
      "protocol": "tcp",
      "purpose": "kubelet API",
      "sources": [
        "10.1.0.0/24",
        "10.1.16.0/24",
        "10.244.0.0/16",
      ],
    }
  `)
})
