import { familiesOf, memberSubnets, usesIPv6 } from '../cluster/families.ts'
import { colonMac } from '../network/mac.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { NetworkPluginName } from '../profile/schema.ts'
import { render } from '../templates/template.ts'
import type { Component, Part } from '../assembly/component.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { familyOf } from '../text/address-family.ts'
import { isNode } from './container-runtime.ts'
import { packagesOf } from './load-balancers.ts'
import { nftSet, nodeSources } from './node-sources.ts'
import { restarts } from '../assembly/on-change.ts'

export const podFirewallUnit = 'hakube-pod-firewall.service'
const file = '/etc/hakube/pods.nft'

/**
 * Interfaces of pods and tunnels, of all plugins, because some clusters combine parts of two. Sources:
 * https://docs.tigera.io/calico/latest/reference/resources/felixconfig (interfacePrefix, and the names of its tunnels),
 * https://docs.cilium.io/en/stable/network/ebpf/lifeofapacket/, and https://www.cni.dev/plugins/current/main/ for bridge and ptp.
 */
const podInterfaces = [
  'cali*',
  'tunl*',
  'vxlan.calico',
  'wireguard.cali',
  'bpfin.cali',
  'bpfout.cali',
  'cilium*',
  'lxc*',
  'flannel*',
  'cni*',
]

/**
 * How packets of pods on other nodes arrive. hakube itself configures flannel as a service, with VXLAN. Manifests of Calico, Cilium or
 * flannel may route without a tunnel inside the subnet (Calico's VXLANCrossSubnet, flannel's host-gw); such packets arrive at the
 * interface, from interfaces of nodes. For other plugins this is unknown.
 */
const arrivals: Readonly<Record<NetworkPluginName, 'tunnel' | 'tunnel or card' | 'unknown'>> = {
  calico: 'tunnel or card',
  cilium: 'tunnel or card',
  flannel: 'tunnel or card',
  'flannel-service': 'tunnel',
  other: 'unknown',
}

/** Calico's IPv6 tunnels; flannel's name is in the list above. */
const podInterfaces6 = ['vxlan-v6.calico', 'wg-v6.cali']

/** With more nodes, their MAC addresses would make up most of each seed. */
const mostCards = 500

function rules(cluster: Cluster, { system }: Machine): object {
  const { machines, networkPlugin } = cluster
  const cards = machines.filter(isNode).flatMap(({ macs }) => macs.map(colonMac))
  // Docker's bridge connects the pods if flannel runs as a service.
  const isDocker = system.containerRuntime.name === 'docker' && networkPlugin.name === 'flannel-service'
  return {
    interfaces: [
      ...podInterfaces,
      ...(usesIPv6(cluster) ? podInterfaces6 : []),
      ...(isDocker ? ['docker0'] : []),
    ],
    arrival: arrivals[networkPlugin.name],
    cards: cards.length > mostCards ? '' : cards.join(', '),
    families: familiesOf(cluster).map((family) => familyRules(cluster, family)),
  }
}

/** The rules of one address family; each address matches only in its own family. */
function familyRules(cluster: Cluster, family: 'ipv4' | 'ipv6'): object {
  const { podNetworks, serviceNetworks } = cluster.kubernetes
  const ours = (texts: readonly string[]) => texts.filter((text) => familyOf(text) === family)
  return {
    ip: family === 'ipv4' ? 'ip' : 'ip6',
    pods: ours(podNetworks).join(', '),
    services: ours(serviceNetworks).join(', '),
    subnet: nftSet(ours(memberSubnets(cluster))),
    nodes: ours(nodeSources(cluster)).join(', '),
  }
}

/** The rules, for a chain that runs before address translation; without a final line break. */
export const podRules = (cluster: Cluster, machine: Machine): string =>
  render('cloud-init/pod-firewall/rules.ejs', rules(cluster, machine)).text.replace(/\n$/, '')

/** A table for IPv4 can contain no IPv6 rules; clusters without IPv6 keep it. */
const tableOf = (cluster: Cluster): string => (usesIPv6(cluster) ? 'inet hakube_pods' : 'ip hakube_pods')

/** The part that is the same on all nodes. */
const makePart = onceForEach<Part>(sameForAll, (cluster, machine) => ({
  packages: packagesOf(machine, 'nftables'),
  files: [
    {
      path: file,
      mode: '0644',
      content: render('cloud-init/pod-firewall/pods.nft.ejs', {
        rules: podRules(cluster, machine),
        table: tableOf(cluster),
      }),
      onChange: restarts('pod-firewall', podFirewallUnit),
    },
  ],
  units: [
    {
      name: podFirewallUnit,
      content: render('cloud-init/pod-firewall/hakube-pod-firewall.service.ejs', {
        file,
        table: tableOf(cluster),
      }),
      start: 'blocking',
    },
  ],
  checks: [
    {
      name: 'pod-firewall',
      script: render('cloud-init/pod-firewall/check.ejs', {
        unit: podFirewallUnit,
        table: tableOf(cluster),
      }),
    },
  ],
}))

/**
 * Nodes forward packets, so another machine in their network could send packets to pods and services, or use the address of a pod.
 * firewalld has no rules that run before address translation, and accepts all packets to the zone of the pods. Therefore these rules are
 * in a separate table: a packet that one table drops is not accepted by another. Where hakube writes the whole firewall, they are a chain
 * of it (`selinux-firewall`).
 */
export const podFirewall: Component = {
  name: 'pod-firewall',
  purpose:
    'Prevents machines that are not nodes from reaching pods and services through a node, or with the address of a pod.',
  stage: 'firewall',
  units: [podFirewallUnit],
  appliesTo: (cluster, machine) =>
    cluster.firewall && machine.system.distribution.firewall === 'firewalld' && isNode(machine),
  contribute: makePart,
}
