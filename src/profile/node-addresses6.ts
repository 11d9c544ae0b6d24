import { createHash } from 'node:crypto'
import {
  addressOf,
  contains,
  type Address,
  type Network,
  parseAddress,
  parseNetwork,
} from '../network/addresses.ts'
import { readFurtherAddress, subnetsOf, type Subnet } from './layout.ts'
import { podsUseIPv6 } from './inner-networks.ts'
import { isNodeRole, type Profile, type ProfileMachine } from './schema.ts'

/*
 * IPv6 addresses of nodes whose pods have some, where the profile names none: made of their IPv4 addresses, which are unique already.
 * A rack in one subnet that has no IPv6 network gets a unique local one (RFC 4193), which no router has to know.
 */

/** Room for an IPv4 address behind the prefix. */
const longestPrefix = 96

/** @returns null where the profile says it, or pods need none, or routers between subnets would have to know it */
export function derivedSubnet6(profile: Profile): string | null {
  const { name, network } = profile
  if (network.subnet6 !== undefined || network.subnets !== undefined || !podsUseIPv6(profile)) return null
  const hash = createHash('sha256').update(`${name} ${network.subnet}`).digest('hex')
  const text = `fd${hash.slice(0, 2)}:${hash.slice(2, 6)}:${hash.slice(6, 10)}::/64`
  return parseNetwork(text)?.text ?? null
}

/** @returns null where it has no room */
export function addressWithin(subnet6: Network, address: Address): Address | null {
  if (subnet6.prefixLength > longestPrefix || address.family !== 4) return null
  return addressOf([...subnet6.first.bytes.slice(0, 12), ...address.bytes])
}

/** The address that a machine has in a network of IPv6, by the profile. */
export const givenAddress6 = ({ addresses = [] }: ProfileMachine, subnet6: Network): Address | null =>
  addresses
    .flatMap((text) => readFurtherAddress(text)?.address ?? [])
    .find((address) => contains(subnet6, address)) ?? null

/**
 * The address of a node that the profile does not name.
 *
 * @returns null where it names one, pods need none, or there is no network for it
 */
export function derivedAddress6(subnets: readonly Subnet[], machine: ProfileMachine): Address | null {
  const first = parseAddress(machine.address)
  const own = first && subnets.find(({ subnet }) => contains(subnet, first))
  if (!first || !isNodeRole(machine.role) || !own?.subnet6 || givenAddress6(machine, own.subnet6)) return null
  return addressWithin(own.subnet6, first)
}

/** The profile as if it named the IPv6 addresses of all nodes; the same object where pods need none. */
export function withNodeAddresses6(profile: Profile): Profile {
  if (!podsUseIPv6(profile)) return profile
  const subnet6 = derivedSubnet6(profile)
  const complete = subnet6 === null ? profile : { ...profile, network: { ...profile.network, subnet6 } }
  const subnets = subnetsOf(complete)
  return {
    ...complete,
    machines: complete.machines.map((machine) => {
      const address6 = derivedAddress6(subnets, machine)
      return address6 ? { ...machine, addresses: [address6.text, ...(machine.addresses ?? [])] } : machine
    }),
  }
}
