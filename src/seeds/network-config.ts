import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { Link } from '../cluster/link-types.ts'
import { dhcpMetric, isPlain, linksOf, macOf } from '../cluster/links.ts'
import { colonMac } from '../network/mac.ts'

/**
 * The network of a machine in version 2 of cloud-init's format, which is netplan's. Cards are matched by MAC address, in lower case, so
 * that interface names need not be known. netplan compares the permanent address, which the members of a bond keep.
 * https://cloudinit.readthedocs.io/en/latest/reference/network-config-format-v2.html, https://netplan.readthedocs.io/en/stable/netplan-yaml/
 */
export function networkConfig(cluster: Cluster, machine: Machine): Record<string, unknown> {
  const links = linksOf(cluster, machine)
  const ofKind = (kind: Link['kind'], key: string): Record<string, unknown> => {
    const found = links.filter((link) => link.kind === kind)
    return found.length === 0
      ? {}
      : {
          [key]: Object.fromEntries(
            found.map((link) => [link.name, linkEntry(machine, link, isPlain(machine))]),
          ),
        }
  }
  return {
    version: 2,
    ...ofKind('ethernet', 'ethernets'),
    ...ofKind('bond', 'bonds'),
    ...ofKind('vlan', 'vlans'),
    ...ofKind('bridge', 'bridges'),
  }
}

/** @param plain the machine has one card, for which the defaults suffice */
function linkEntry(machine: Machine, link: Link, plain: boolean): Record<string, unknown> {
  const { mtu, addresses, dhcp, routes, routingPolicy, nameServers, searchDomains } = link
  return {
    ...kindEntry(machine, link),
    ...(mtu === null ? {} : { mtu }),
    ...(dhcp
      ? { dhcp4: true, 'dhcp4-overrides': { 'route-metric': dhcpMetric, 'use-dns': false } }
      : // Without this, a link without an address would have no keys at all.
        plain || addresses.length > 0
        ? {}
        : { dhcp4: false }),
    ...(addresses.length > 0 ? { addresses } : {}),
    // Not `default`: outside netplan, cloud-init knows it only from 25.3 on (commit d2f422d17).
    ...(routes.length > 0
      ? {
          routes: routes.map(({ to, via, metric, table }) => ({
            to,
            via,
            ...(metric === null ? {} : { metric }),
            ...(table === null ? {} : { table }),
          })),
        }
      : {}),
    ...(routingPolicy.length > 0
      ? {
          'routing-policy': routingPolicy.map(({ from, to, table, priority }) => ({
            ...(from === null ? {} : { from }),
            ...(to === null ? {} : { to }),
            table,
            priority,
          })),
        }
      : {}),
    ...(nameServers.length + searchDomains.length > 0
      ? {
          nameservers: {
            ...(nameServers.length > 0 ? { addresses: nameServers } : {}),
            ...(searchDomains.length > 0 ? { search: searchDomains } : {}),
          },
        }
      : {}),
  }
}

function kindEntry(machine: Machine, link: Link): Record<string, unknown> {
  if (link.kind === 'ethernet') return { match: { macaddress: colonMac(macOf(machine, link)) } }
  if (link.kind === 'vlan') return { id: link.id, link: link.link }
  if (link.kind === 'bridge')
    // Without the spanning tree there is nothing to wait for.
    return {
      interfaces: link.interfaces,
      parameters: link.stp ? { stp: true } : { stp: false, 'forward-delay': 0 },
    }
  const { mode, lacpRate, transmitHashPolicy, miiMonitorInterval, primary, minLinks } = link.bond
  return {
    interfaces: link.interfaces,
    parameters: {
      mode,
      ...(lacpRate === null ? {} : { 'lacp-rate': lacpRate }),
      ...(transmitHashPolicy === null ? {} : { 'transmit-hash-policy': transmitHashPolicy }),
      'mii-monitor-interval': miiMonitorInterval,
      ...(primary === null ? {} : { primary }),
      ...(minLinks === null ? {} : { 'min-links': minLinks }),
    },
  }
}
