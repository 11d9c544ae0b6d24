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
 * IPv6 addresses of nodes with IPv6 pods, where the profile sets none: derived from their IPv4 addresses, which are already unique. A
 * rack in one subnet without an IPv6 network gets a unique local one (RFC 4193), which routers need not know.
 */

/** Leaves room for an IPv4 address after the prefix. */
const longestPrefix = 96

/** @returns null if the profile sets it, pods do not need one, or routers between subnets would have to know it */
export function derivedSubnet6(profile: Profile): string | null {
  const { name, network } = profile
  if (network.subnet6 !== undefined || network.subnets !== undefined || !podsUseIPv6(profile)) return null
  const hash = createHash('sha256').update(`${name} ${network.subnet}`).digest('hex')
  const text = `fd${hash.slice(0, 2)}:${hash.slice(2, 6)}:${hash.slice(6, 10)}::/64`
  return parseNetwork(text)?.text ?? null
}

/** @returns null if the network has no room for it */
export function addressWithin(subnet6: Network, address: Address): Address | null {
  if (subnet6.prefixLength > longestPrefix || address.family !== 4) return null
  return addressOf([...subnet6.first.bytes.slice(0, 12), ...address.bytes])
}

/** The address of a machine in an IPv6 network, according to the profile. */
export const givenAddress6 = ({ addresses = [] }: ProfileMachine, subnet6: Network): Address | null =>
  addresses
    .flatMap((text) => readFurtherAddress(text)?.address ?? [])
    .find((address) => contains(subnet6, address)) ?? null

/**
 * The address of a node that the profile does not set.
 *
 * @returns null if it sets one, pods do not need one, or there is no network for it
 */
export function derivedAddress6(subnets: readonly Subnet[], machine: ProfileMachine): Address | null {
  const first = parseAddress(machine.address)
  const own = first && subnets.find(({ subnet }) => contains(subnet, first))
  if (!first || !isNodeRole(machine.role) || !own?.subnet6 || givenAddress6(machine, own.subnet6)) return null
  return addressWithin(own.subnet6, first)
}

/** The profile with the IPv6 addresses of all nodes filled in; the same object if pods do not need any. */
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
