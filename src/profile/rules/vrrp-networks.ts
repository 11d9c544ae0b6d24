import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { compareVersions } from '../../text/versions.ts'
import { contains, parseAddress, type Address } from '../../network/addresses.ts'
import {
  cardIndex,
  firstCard,
  layouts,
  networkOfAddress,
  readFurtherAddress,
  subnetsOf,
  type MergedLayout,
  type Subnet,
} from '../layout.ts'
import { usualBalancing } from '../placements.ts'
import type { Profile } from '../schema.ts'
import { balancerSystems, onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'

/*
 * VRRP moves an address between machines of one network: its packets are dropped unless they have a hop limit of 255, and neighbours
 * learn of the move by ARP (RFC 5798, 5.1.1.3 and 8.2). So all machines that may hold an address must be in its network, without a router
 * in between.
 */
const source = 'https://www.rfc-editor.org/rfc/rfc5798#section-5.1.1.3'

type Holder = {
  index: number
  name: string
  layout: MergedLayout
  subnet: Subnet | null
  /** Names of the networks in which it has an IPv4 or IPv6 address; null: that of the nodes. */
  networks: ReadonlySet<string | null>
}

function holdersOf(profile: Profile): Holder[] {
  const { loadBalancing: balancing, machines } = profile
  if (!balancing) return []
  const placement = balancing.placement ?? usualBalancing(machines)
  if (placement === 'external') return []
  const role = placement === 'dedicated' ? 'load-balancer' : 'control-plane'
  const layoutOf = layouts(profile)
  const subnets = subnetsOf(profile)
  return machines.flatMap((machine, index) => {
    if (machine.role !== role) return []
    const layout = layoutOf(index)
    const first = parseAddress(machine.address)
    const subnet = (first && subnets.find((each) => contains(each.subnet, first))) ?? null
    const further = (machine.addresses ?? []).flatMap((text) => readFurtherAddress(text)?.address ?? [])
    const found = further.flatMap((address) => networkOfAddress(address, subnet, layout.additional) ?? [])
    return [
      {
        index,
        name: machine.name,
        layout,
        subnet,
        networks: new Set([null, ...found.map(({ name }) => name)]),
      },
    ]
  })
}

function* virtualAddressesOf({ loadBalancing: balancing }: Profile): Generator<{ text: string; path: Path }> {
  const places = [
    ['api', 'address', balancing?.api.address],
    ['ingress', 'address', balancing?.ingress?.address],
    ['sourceAddress', null, balancing?.sourceAddress],
  ] as const
  for (const [key, below, given] of places) {
    const path: Path = ['loadBalancing', key, ...(below === null ? [] : [below])]
    if (given === undefined) continue
    if (typeof given === 'string') yield { text: given, path }
    else for (const [index, text] of given.entries()) yield { text, path: [...path, index] }
  }
}

/** Whether all machines that may hold a virtual address are in its network, and in the network of VRRP. */
export const vrrpNetworkRules: Rule = ({ profile }) => {
  const holders = holdersOf(profile)
  const [first] = holders
  if (!first) return []
  return [
    ...checkOneSubnet(profile, holders, first),
    ...[...virtualAddressesOf(profile)].flatMap(({ text, path }) => {
      const address = parseAddress(text)
      return address ? checkHolders(profile, holders, address, path) : []
    }),
    ...checkMeeting(profile, holders),
  ]
}

function checkOneSubnet(profile: Profile, holders: readonly Holder[], first: Holder): Diagnostic[] {
  if (profile.loadBalancing?.network !== undefined) return []
  const other = holders.find(({ subnet }) => subnet && first.subnet && subnet !== first.subnet)
  if (!other) return []
  return [
    error(
      'load-balancing/across-routers',
      `${first.name} is in ${first.subnet?.subnet.text} and ${other.name} in ${other.subnet?.subnet.text}: VRRP cannot move an address across the router between them`,
      {
        hint: 'write placement: external and use a load balancer that is reachable from all subnets, or put the machines that hold the address into one subnet',
        path: ['loadBalancing'],
        onKey: true,
        source,
      },
    ),
  ]
}

function checkHolders(
  profile: Profile,
  holders: readonly Holder[],
  address: Address,
  path: Path,
): Diagnostic[] {
  const found = holders.map((holder) => ({
    holder,
    network: networkOfAddress(address, holder.subnet, holder.layout.additional),
  }))
  const there = found.find(({ network }) => network !== null && network.name !== null)?.network
  // Other rules check addresses in no network, or in that of the nodes.
  if (!there) return []
  const outside = found.filter(({ holder, network }) => !network || !holder.networks.has(network.name))
  const names = outside.map(({ holder }) => holder.name)
  if (names.length > 0)
    return [
      error(
        'load-balancing/holder-outside',
        `${names.join(', ')} may hold the virtual address ${address.text}, but ${names.length === 1 ? 'has' : 'have'} no address in its network ${there.network.text}`,
        {
          hint: `add an address of ${there.network.text} to addresses of ${names.join(', ')}, or use a virtual address of a network that all are in`,
          path,
          source,
        },
      ),
    ]
  return checkNames(
    profile,
    found.flatMap(({ holder, network }) => (network ? [{ holder, name: network.name }] : [])),
    path,
  )
}

/** keepalived before 1.4 cannot read the name of a card from another file, and hakube replaces only that of VRRP. */
function checkNames(
  profile: Profile,
  places: readonly { holder: Holder; name: string | null }[],
  path: Path,
): Diagnostic[] {
  return onEach(profile, balancerSystems(profile), ({ distribution, indices }) =>
    compareVersions(distribution.keepalivedVersion, '1.4') >= 0
      ? []
      : checkCard(
          distribution,
          places.filter(({ holder }) => indices.includes(holder.index)),
          path,
        ),
  )
}

function checkCard(
  distribution: Distribution,
  places: readonly { holder: Holder; name: string | null }[],
  path: Path,
): Diagnostic[] {
  const card = places
    .map(({ holder, name: network }) =>
      network === null ? null : holder.layout.additional.get(network)?.value.interface,
    )
    .find((each) => each && cardIndex(each) !== null)
  if (!card) return []
  return [
    error(
      'load-balancing/interface-name',
      `keepalived ${distribution.keepalivedVersion} of ${distribution.title} needs the kernel's name of ${card}, which is not known before the machine runs`,
      {
        hint: 'put the network on a bond, VLAN or bridge, whose name is that of the profile, or use a newer release',
        path,
      },
    ),
  ]
}

function checkMeeting(profile: Profile, holders: readonly Holder[]): Diagnostic[] {
  const name = profile.loadBalancing?.network
  if (name === undefined) return []
  const path: Path = ['loadBalancing', 'network']
  const outside = holders.find((holder) => !holder.networks.has(name))
  if (!outside) return []
  return [
    error(
      'load-balancing/holder-outside',
      `the load balancers use the network ${inQuotes(name)}, but ${outside.name} has no address in it`,
      {
        hint: outside.layout.additional.has(name)
          ? `add an address of it to addresses of ${outside.name}`
          : `define it under network.additional, with interface: ${firstCard} or another one`,
        path,
      },
    ),
  ]
}
