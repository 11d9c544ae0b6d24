import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { nodeSources } from '../../src/components/node-sources.ts'
import { podRules } from '../../src/components/pod-firewall.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { NetworkPluginName } from '../../src/profile/schema.ts'
import { changedCluster, checkText, fileText, machineOf } from './host.ts'

/** The example with a plugin, and so many workers more. */
const clusterWith = (plugin: NetworkPluginName, rocky: boolean, more = 0): Cluster =>
  changedCluster((profile) => {
    profile.networkPlugin = { name: plugin }
    profile.network.subnet = '10.0.0.0/16'
    if (rocky) profile.distribution = { name: 'rocky', version: '9' }
    for (let index = 0; index < more; index += 1)
      profile.machines.push({
        name: `more-${index}`,
        role: 'worker',
        mac: `52:54:01:00:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`,
        address: `10.0.${8 + (index >> 8)}.${index & 255}`,
      })
  }, 'load-balancers-on-control-planes')

describe('pod-firewall', () => {
  it('writes a table beside firewalld, with its unit and its check', () => {
    const cluster = clusterWith('calico', true)
    const assembly = assemble(components, cluster, machineOf(cluster, 'k8s-node-01'))
    expect(fileText(assembly, '/etc/hakube/pods.nft')).toMatchInlineSnapshot(`
      "#!/usr/sbin/nft -f
      # Written by hakube. Decides who may reach pods and services through this node, which forwards packets. It has its own table and
      # does not touch those of firewalld, kube-proxy or the network plugin.

      # Without the first line, the second would fail if the table does not exist yet. The whole file takes effect in one transaction.
      table ip hakube_pods
      delete table ip hakube_pods

      table ip hakube_pods {
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
    expect(checkText(assembly, 'pod-firewall')).toMatchInlineSnapshot(`
      "#!/bin/bash
      # Machines that are not nodes cannot reach pods and services.
      set -euo pipefail
      if ! systemctl is-enabled --quiet hakube-pod-firewall.service; then
          echo 'hakube-pod-firewall.service is not enabled: after a reboot, pods are reachable by any machine'
          exit 1
      fi
      if ! rules=$(nft list chain ip hakube_pods prerouting 2>&1); then
          echo "the rules of /etc/hakube/pods.nft are not loaded: $rules"
          exit 1
      fi
      "
    `)
    expect(assembly.units.filter(({ component }) => component === 'pod-firewall')).toMatchObject([
      { name: 'hakube-pod-firewall.service', start: 'blocking' },
    ])
  })

  it('is a chain of the one table where hakube writes the whole firewall', () => {
    const cluster = clusterWith('calico', false)
    const assembly = assemble(components, cluster, machineOf(cluster, 'k8s-node-01'))
    expect(assembly.files.map(({ path }) => path)).not.toContain('/etc/hakube/pods.nft')
    expect(fileText(assembly, '/etc/hakube/firewall.nft')).toContain(
      `  chain prerouting {\n${podRules(cluster, machineOf(cluster, 'k8s-node-01'))}\n  }\n}\n`,
    )
  })

  it.each<[NetworkPluginName, string]>([
    ['flannel-service', 'ip saddr 10.244.0.0/16 drop'],
    ['other', 'ip saddr 10.0.0.0/16 ip saddr != { '],
  ])('knows how packets of pods arrive with %s', (plugin, rule) => {
    const cluster = clusterWith(plugin, false)
    const rules = podRules(cluster, machineOf(cluster, 'k8s-node-01'))
    expect(rules).toContain(`\n    ${rule}`)
    expect(rules).not.toContain('ether saddr')
  })

  it('does not concern machines that are not nodes, nor clusters without a firewall', () => {
    const withBalancers = changedCluster((profile) => {
      profile.networkPlugin = { name: 'calico' }
    })
    const balancer = withBalancers.machines.find(({ role }) => role === 'load-balancer')!
    const off = { ...clusterWith('calico', true), firewall: false }
    const paths = [
      ...assemble(components, withBalancers, balancer).files,
      ...assemble(components, off, machineOf(off, 'k8s-node-01')).files,
    ].map(({ path }) => path)
    expect(paths).not.toContain('/etc/hakube/pods.nft')
  })

  it('lists many nodes by the networks that contain just them, and omits cards if there are too many', () => {
    const hundreds = clusterWith('calico', false, 256)
    expect(nodeSources(hundreds)).toEqual([
      '10.0.3.11',
      '10.0.3.12/31',
      '10.0.3.21',
      '10.0.3.22/31',
      '10.0.8.0/24',
    ])
    expect(podRules(hundreds, hundreds.machines[0]!)).toContain('ether saddr')
    const many = clusterWith('calico', false, 512)
    expect(podRules(many, many.machines[0]!)).toContain(
      '\n    ip saddr 10.244.0.0/16 fib saddr . iif oif exists accept\n',
    )
  })
})
