import { contains, netmask, parseAddress, parseNetwork } from '../network/addresses.ts'
import { defaults } from '../profile/defaults.ts'
import { innerNetworks } from '../profile/inner-networks.ts'
import {
  firstCard,
  layouts,
  networkOfAddress,
  readFurtherAddress,
  subnetsOf,
  type MergedLayout,
  type Subnet,
} from '../profile/layout.ts'
import type { Profile } from '../profile/schema.ts'
import { linkBuilder } from './link-builder.ts'
import type {
  ClusterSubnet,
  MachineLinks,
  MachineNetwork,
  MachineNetworkAddress,
  Route,
  RoutingRule,
} from './link-types.ts'

/* Resolves the network interfaces of each machine from the profile. */

export const resolveSubnets = (profile: Profile): ClusterSubnet[] =>
  subnetsOf(profile).map(({ subnet, gateway, subnet6, gateway6 }) => ({
    subnet: subnet.text,
    prefixLength: subnet.prefixLength,
    netmask: netmask(subnet),
    gateway: canonical(gateway),
    subnet6: subnet6?.text ?? null,
    gateway6: gateway6 === null ? null : canonical(gateway6),
  }))

function canonical(text: string): string {
  const address = parseAddress(text)
  if (!address) throw new Error(`not an address: ${text}`)
  return address.text
}

/**
 * Resolves the links of all machines.
 *
 * @throws for profiles that the rules reject
 */
export function linksResolver(profile: Profile): (index: number) => MachineLinks {
  const layoutOf = layouts(profile)
  const subnets = subnetsOf(profile)
  return (index) => resolveLinks(profile, index, layoutOf(index), subnets)
}

function resolveLinks(
  profile: Profile,
  index: number,
  layout: MergedLayout,
  subnets: readonly Subnet[],
): MachineLinks {
  const machine = profile.machines[index]
  if (!machine) throw new Error(`no machine ${index}`)
  const first = parseAddress(machine.address)
  // Rules reject an address that is in no subnet.
  const position = Math.max(0, first ? subnets.findIndex(({ subnet }) => contains(subnet, first)) : 0)
  const subnet = subnets[position]
  if (!first || !subnet) throw new Error(`${machine.name}: ${machine.address} is in no subnet`)
  const main = layout.interface?.value ?? firstCard
  const further = (machine.addresses ?? []).map((text): MachineNetworkAddress => {
    const read = readFurtherAddress(text)
    const found = read && networkOfAddress(read.address, subnet, layout.additional)
    if (!read || !found) throw new Error(`${machine.name}: ${text} is in no network`)
    const on = found.name === null ? main : layout.additional.get(found.name)?.value.interface
    if (on === undefined) throw new Error(`${machine.name}: the network ${found.name} has no interface`)
    return {
      name: found.name,
      address: read.address.text,
      prefixLength: found.network.prefixLength,
      interface: on,
    }
  })
  const builder = linkBuilder(layout, [machine.mac].flat())
  const mainMtu = layout.mtu?.value ?? defaults.mtu
  builder.need(main, mainMtu)
  builder.give(main, {
    addresses: [
      `${first.text}/${subnet.subnet.prefixLength}`,
      ...further.filter(({ name }) => name === null).map(withLength),
    ],
    routes: routesIn(layout.routes?.value),
    routingPolicy: rulesIn(layout.routingPolicy?.value),
  })
  for (const name of [...layout.bonds.keys(), ...layout.vlans.keys(), ...layout.bridges.keys()])
    builder.need(name, null)
  for (const [name, { value }] of layout.additional) {
    const own = further.filter((each) => each.name === name)
    if (own.length === 0 && value.dhcp !== true) continue
    const on = value.interface
    if (on === undefined) throw new Error(`${machine.name}: the network ${name} has no interface`)
    builder.need(on, value.mtu ?? null)
    builder.give(on, {
      addresses: own.map(withLength),
      dhcp: value.dhcp ?? false,
      routes: [...gatewayRoutes(value), ...routesIn(value.routes)],
      routingPolicy: [...gatewayRules(value, layout, subnets, profile), ...rulesIn(value.routingPolicy)],
      nameServers: (value.nameServers ?? []).map(canonical),
      searchDomains: value.searchDomains ?? [],
    })
  }
  const links = builder.links()
  return {
    subnet: position,
    interface: main,
    mtu: links.find(({ name }) => name === main)?.mtu ?? null,
    networks: networksOf(layout, further),
    further,
    links,
    installer: resolveInstaller(profile.network.installer, layout, further),
  }
}

const networksOf = (
  { additional }: MergedLayout,
  further: readonly MachineNetworkAddress[],
): MachineNetwork[] =>
  [...additional].flatMap(([name, { value }]) => {
    const on = value.interface
    if (on === undefined || !further.some((each) => each.name === name)) return []
    const subnets = [value.subnet, value.subnet6].filter((text) => text !== undefined)
    return [{ name, interface: on, subnets }]
  })

const withLength = ({ address, prefixLength }: MachineNetworkAddress): string => `${address}/${prefixLength}`

type ProfileNetwork =
  MergedLayout['additional'] extends ReadonlyMap<string, { value: infer Value }> ? Value : never

const everything = (via: string): string => (via.includes(':') ? '::/0' : '0.0.0.0/0')

const routesIn = (given: ProfileNetwork['routes']): Route[] =>
  (given ?? []).map(({ to, via, metric, table }) => ({
    to: to === 'default' ? everything(via) : to,
    via: canonical(via),
    metric: metric ?? null,
    table: table ?? null,
  }))

const rulesIn = (given: ProfileNetwork['routingPolicy']): RoutingRule[] =>
  (given ?? []).map(({ from, to, table, priority }) => ({
    from: from ?? null,
    to: to ?? null,
    table,
    priority,
  }))

/** A default route with a metric, or one in a table for packets that come from addresses of this network. */
const gatewayRoutes = ({ gateway, metric, table }: ProfileNetwork): Route[] =>
  gateway === undefined
    ? []
    : [{ to: everything(gateway), via: canonical(gateway), metric: metric ?? null, table: table ?? null }]

/** The main table, https://man7.org/linux/man-pages/man8/ip-route.8.html */
const mainTable = 254
/**
 * Priority of the rules that send packets for networks of the rack to the main table, followed by those that send all others to the table
 * of their network.
 */
const insidePriority = 1000
const outsidePriority = 2000

/**
 * Packets from addresses of a network leave through its router, unless the receiver is in the rack: the main table has routes to those.
 */
function gatewayRules(
  { subnet, subnet6, gateway, table }: ProfileNetwork,
  layout: MergedLayout,
  subnets: readonly Subnet[],
  profile: Profile,
): RoutingRule[] {
  if (gateway === undefined || table === undefined) return []
  const isIPv6 = gateway.includes(':')
  const from = isIPv6 ? subnet6 : subnet
  if (from === undefined) return []
  const inside = [
    ...subnets.map((each) => (isIPv6 ? each.subnet6?.text : each.subnet.text)),
    ...[...layout.additional.values()].map(({ value }) => (isIPv6 ? value.subnet6 : value.subnet)),
    ...innerNetworks(profile).flatMap(({ text }) => (text.includes(':') === isIPv6 ? [text] : [])),
  ].filter((text): text is string => text !== undefined)
  return [
    ...[...new Set(inside)].map((to) => ({ from, to, table: mainTable, priority: insidePriority })),
    { from, to: null, table, priority: outsidePriority },
  ]
}

/** @throws when the machine is not in the network */
function resolveInstaller(
  name: string | undefined,
  { additional }: MergedLayout,
  further: readonly MachineNetworkAddress[],
): MachineLinks['installer'] {
  if (name === undefined) return null
  const network = additional.get(name)?.value
  const own = further.find((each) => each.name === name && !each.address.includes(':'))
  if (network?.interface === undefined) throw new Error(`no interface for the network ${name}`)
  if (network.dhcp === true) return { interface: network.interface, fixed: null }
  const subnet = parseNetwork(network.subnet ?? '')
  if (!own || !subnet) throw new Error(`no address in the network ${name}`)
  const gateway = network.gateway === undefined ? null : canonical(network.gateway)
  return { interface: network.interface, fixed: { address: own.address, netmask: netmask(subnet), gateway } }
}
