import { describe, expect, it } from 'vitest'
import type { Port } from '../../src/assembly/component.ts'
import { assembleHost, changedCluster, fileText, machineOf, stepText, checkText } from './host.ts'

const ports: Port[] = [
  { protocol: 'udp', port: 3780, purpose: 'conntrackd', sources: ['10.0.0.2', 'fd00::2', '10.0.0.2'] },
  { protocol: 'tcp', port: 6443, purpose: 'API' },
  { protocol: 'tcp', port: 6443, purpose: 'virtual API address' },
  { protocol: 'tcp', port: 6443, purpose: 'API' },
  { protocol: 'vrrp', purpose: 'a --> b & <c>' },
]

describe('selinux-firewall', () => {
  it('writes each rule once and addresses by family into the nftables table', () => {
    const cluster = changedCluster(() => {}, 'load-balancers-on-control-planes')
    const assembly = assembleHost(cluster, { ports })
    expect(fileText(assembly, '/etc/hakube/firewall.nft')).toMatchInlineSnapshot(`
      "#!/usr/sbin/nft -f
      # Written by hakube. It has its own table and does not touch others: \`flush ruleset\` would remove what kube-proxy and the CNI
      # wrote.

      # Without the first line, the second would fail if the table does not exist yet. The whole file takes effect in one transaction.
      table inet hakube
      delete table inet hakube

      table inet hakube {
        chain input {
          type filter hook input priority filter; policy drop;

          ct state established,related accept
          iif lo accept

          # Ping, path MTU discovery, IPv6 neighbours.
          meta l4proto { icmp, ipv6-icmp } accept

          # ssh is always open.
          tcp dport 22 accept

          # Pods, which keep their own addresses.
          ip saddr 10.244.0.0/16 accept

          # API; virtual API address
          tcp dport 6443 accept

          # conntrackd
          ip saddr { 10.0.0.2 } udp dport 3780 accept
          ip6 saddr { fd00::2 } udp dport 3780 accept

          # a --> b & <c>
          meta l4proto vrrp accept
        }

        # Packets for pods and services, which nodes forward.
        chain prerouting {
          # After connection tracking (-200), and before node ports, host ports and service addresses are translated (-100). Packets for
          # node ports and host ports are not filtered here: they go to an address of this node, or to one that a load balancer gave to a
          # service.
          type filter hook prerouting priority -150; policy accept;

          # Pods of this node, and tunnels from other nodes.
          iifname lo accept
          iifname "cali*" accept
          iifname "tunl*" accept
          iifname "vxlan.calico" accept
          iifname "wireguard.cali" accept
          iifname "bpfin.cali" accept
          iifname "bpfout.cali" accept
          iifname "cilium*" accept
          iifname "lxc*" accept
          iifname "flannel*" accept
          iifname "cni*" accept

          # Replies to connections that pods opened.
          ct state established,related accept

          # Pods of other nodes, if the network plugin routes inside the subnet without a tunnel: only from the interfaces of nodes.
          ip saddr 10.244.0.0/16 ether saddr { 52:54:00:00:03:11, 52:54:00:00:03:12, 52:54:00:00:03:13, 52:54:00:00:03:21, 52:54:00:00:03:22, 52:54:00:00:03:23 } accept

          # Other machines that use the address of a pod.
          ip saddr 10.244.0.0/16 drop

          # Machines that are not nodes.
          ip saddr != { 10.0.3.11, 10.0.3.12, 10.0.3.13, 10.0.3.21, 10.0.3.22, 10.0.3.23 } ip daddr { 10.244.0.0/16, 10.96.0.0/16 } drop
        }
      }
      "
    `)
  })

  it("writes firewalld's zone, and forwards inside it where source addresses are translated", () => {
    const assembly = assembleHost(
      changedCluster(() => {}),
      { ports },
    )
    expect(fileText(assembly, '/etc/firewalld/zones/hakube.xml')).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="utf-8"?>
      <zone>
        <short>hakube</short>
        <description>Written by hakube: the default zone, closed except for what the machine's components need.</description>
        <!-- always open -->
        <service name="ssh"/>
        <!-- API; virtual API address -->
        <port protocol="tcp" port="6443"/>
        <!-- conntrackd -->
        <rule family="ipv4"><source address="10.0.0.2"/><port protocol="udp" port="3780"/><accept/></rule>
        <rule family="ipv6"><source address="fd00::2"/><port protocol="udp" port="3780"/><accept/></rule>
        <!-- a - -&gt; b &amp; &lt;c&gt; -->
        <protocol value="vrrp"/>
        <!-- source NAT for the subnet: in and out through the same interface -->
        <forward/>
      </zone>
      "
    `)
    expect(assembly.files.some(({ path }) => path.endsWith('hakube-pods.xml'))).toBe(false)
  })

  it('leaves firewalld alone without a firewall, and still sets SELinux', () => {
    const cluster = changedCluster((profile) => {
      profile.firewall = false
      profile.selinux = 'permissive'
    })
    const assembly = assembleHost(cluster, { ports })
    expect(assembly.units.map(({ name }) => name)).toEqual(['chronyd.service'])
    expect(assembly.files.filter(({ component }) => component === 'selinux-firewall')).toEqual([])
    expect(stepText(assembly, 'selinux-firewall')).toMatchInlineSnapshot(`
      "#!/bin/bash
      set -euo pipefail

      # Sets the mode now and for the next boot. SELinux is never disabled: enabling it again would require relabelling all files.
      if [[ $(getenforce) == Disabled ]]; then
        printf 'SELinux is disabled; remove selinux=0 from the kernel arguments or SELINUX=disabled from /etc/selinux/config\\n' >&2
        exit 1
      fi
      setenforce permissive
      sed -i 's/^SELINUX=.*/SELINUX=permissive/' /etc/selinux/config
      "
    `)
    expect(checkText(assembly, 'selinux-firewall')).toMatchInlineSnapshot(`
      "#!/bin/bash
      set -euo pipefail

      status=0
      fail() {
        printf '%s\\n' "$1"
        status=1
      }

      mode=$(getenforce)
      [[ \${mode,,} == permissive ]] || fail "SELinux is \${mode,,}, not permissive"
      exit "$status"
      "
    `)
  })

  it('does nothing without firewall and SELinux', () => {
    const cluster = changedCluster((profile) => {
      profile.firewall = false
    }, 'rack-test')
    const assembly = assembleHost(cluster, { ports }, machineOf(cluster, 'worker'))
    expect(assembly.steps.map(({ name }) => name)).not.toContain('selinux-firewall')
  })
})
