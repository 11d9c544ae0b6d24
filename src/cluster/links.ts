import type { NetworkService } from '../distributions/distribution.ts'
import { contains, parseAddress, parseNetwork } from '../network/addresses.ts'
import type { Cluster, Machine } from './cluster.ts'
import type { ClusterSubnet, InstallCard, Link } from './link-types.ts'
import { below } from './link-builder.ts'

/* Questions that components, seeds and installers ask about the network interfaces of a machine. */

/** The metric of routes from DHCP: higher than any that a network service assigns, e.g. NetworkManager's 100 to 425 and more. */
export const dhcpMetric = 10_000

/** Whether the machine has one card with its address and nothing else, so that the interface name does not matter. */
export const isPlain = ({ network: { links, further } }: Machine): boolean => {
  const [only, ...others] = links
  return (
    only?.kind === 'ethernet' &&
    others.length === 0 &&
    further.length === 0 &&
    !only.dhcp &&
    only.routes.length === 0 &&
    only.routingPolicy.length === 0
  )
}

/** The service that configures the network of the installed system: netcfg in Debian's installer supports only a plain card. */
export const networkServiceOf = (machine: Machine): NetworkService | undefined =>
  needsNetplan(machine) ? 'systemd-networkd' : usualService(machine)

const usualService = ({ system: { distribution, install } }: Machine): NetworkService | undefined =>
  distribution.networkServices[install.name]

/** Whether an installer that would write ifupdown's file has to leave the network to netplan. */
export const needsNetplan = (machine: Machine): boolean =>
  usualService(machine) === 'ifupdown' && !(isPlain(machine) && machine.network.mtu === null)

/**
 * The IPv4 address and link of a machine in a network: that of the nodes (null) or an additional one.
 *
 * @throws when the machine is not in the network
 */
export function placeIn(machine: Machine, name: string | null): { address: string; link: Link } {
  const { links, further, interface: main } = machine.network
  const own =
    name === null
      ? { address: machine.address, interface: main }
      : further.find((each) => each.name === name && !each.address.includes(':'))
  const link = links.find((each) => each.name === own?.interface)
  if (!own || !link) throw new Error(`${machine.name} is not in the network ${name}`)
  return { address: own.address, link }
}

/**
 * The network of a machine that contains an address.
 *
 * @returns null if none does; `name` is null for the network of the nodes
 */
export function networkOf(
  cluster: Pick<Cluster, 'network'>,
  machine: Machine,
  text: string,
): { name: string | null; prefixLength: number; link: Link } | null {
  const address = parseAddress(text)
  const { links, networks, interface: main } = machine.network
  const { subnet, subnet6 } = subnetOf(cluster, machine)
  for (const each of [{ name: null, interface: main, subnets: [subnet, subnet6 ?? ''] }, ...networks])
    for (const written of each.subnets) {
      const network = parseNetwork(written)
      const link = links.find(({ name }) => name === each.interface)
      if (network && link && address && contains(network, address))
        return { name: each.name, prefixLength: network.prefixLength, link }
    }
  return null
}

/** The subnet of the nodes' network that a machine is in. */
export function subnetOf(cluster: Pick<Cluster, 'network'>, { network, name }: Machine): ClusterSubnet {
  const subnet = cluster.network.subnets[network.subnet]
  if (!subnet) throw new Error(`${name}: no subnet`)
  return subnet
}

/** The links of a machine, including what they get from the network of the nodes. */
export function linksOf(cluster: Pick<Cluster, 'network'>, machine: Machine): Link[] {
  const { nameServers, searchDomain } = cluster.network
  const { gateway, gateway6 } = subnetOf(cluster, machine)
  return machine.network.links.map((link) =>
    link.name === machine.network.interface
      ? {
          ...link,
          routes: [
            { to: '0.0.0.0/0', via: gateway, metric: null, table: null },
            ...(gateway6 !== null && link.addresses.some((address) => address.includes(':'))
              ? [{ to: '::/0', via: gateway6, metric: null, table: null }]
              : []),
            ...link.routes,
          ],
          nameServers: [...new Set([...nameServers, ...link.nameServers])],
          searchDomains: [
            ...new Set([...(searchDomain === null ? [] : [searchDomain]), ...link.searchDomains]),
          ],
        }
      : link,
  )
}

export function macOf({ macs, name }: Machine, { card }: Extract<Link, { kind: 'ethernet' }>): string {
  const mac = macs[card]
  if (mac === undefined) throw new Error(`${name}: no card ${card}`)
  return mac
}

/** The cards that a link consists of, in order. */
export function cardsBelow(links: readonly Link[], name: string): Extract<Link, { kind: 'ethernet' }>[] {
  const link = links.find((each) => each.name === name)
  if (!link) return []
  return link.kind === 'ethernet' ? [link] : below(link).flatMap((lower) => cardsBelow(links, lower))
}

/** The card that the installer uses: in the network that the profile selects, or in that of the nodes; the first member of a bond. */
export function installCard(cluster: Pick<Cluster, 'network'>, machine: Machine): InstallCard {
  const { installer, interface: main, links } = machine.network
  const [card] = cardsBelow(links, installer?.interface ?? main)
  if (!card) throw new Error(`${machine.name}: no card for the installer`)
  const mac = macOf(machine, card)
  if (installer) return { mac, fixed: installer.fixed }
  const { netmask: mask, gateway } = subnetOf(cluster, machine)
  return { mac, fixed: { address: machine.address, netmask: mask, gateway } }
}
