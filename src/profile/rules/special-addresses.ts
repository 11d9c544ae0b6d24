import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import {
  type Address,
  contains,
  isBroadcastAddress,
  isNetworkAddress,
  type Network,
  parseNetwork,
} from '../../network/addresses.ts'
import type { Profile } from '../schema.ts'

/** An external address to which nodes connect. */
export type Outsider = { what: string; address: Address; path: Path }

/** https://www.iana.org/assignments/iana-ipv4-special-registry/, and the one for IPv6. */
const special: readonly (readonly [Network, string])[] = (
  [
    ['127.0.0.0/8', 'each machine itself'],
    ['::1/128', 'each machine itself'],
    ['0.0.0.0/8', 'not the address of a machine'],
    ['::/128', 'not the address of a machine'],
    ['224.0.0.0/4', 'an address of groups (multicast)'],
    ['ff00::/8', 'an address of groups (multicast)'],
    ['240.0.0.0/4', 'reserved, or the broadcast address'],
  ] as const
).flatMap(([text, what]) => {
  const network = parseNetwork(text)
  return network ? [[network, what] as const] : []
})

const registry = 'https://www.iana.org/assignments/iana-ipv4-special-registry/'

/** @returns null for an address that a host can have */
export function whatIs(address: Address, subnet: Network | null): string | null {
  const found = special.find(([network]) => contains(network, address))
  if (found) return found[1]
  if (!subnet || !contains(subnet, address)) return null
  if (isNetworkAddress(subnet, address)) return `the network address of ${subnet.text}`
  return isBroadcastAddress(subnet, address) ? `the broadcast address of ${subnet.text}` : null
}

/**
 * A special range within a network, from which no packets of other machines come.
 *
 * @returns null for other networks
 */
export const specialWithin = (network: Network): string | null =>
  special.find(([each]) => contains(each, network))?.[1] ?? null

/** Addresses that machines are to connect to, but that no host can have. */
export function checkSpecial(profile: Profile, outsiders: readonly Outsider[]): Diagnostic[] {
  const subnet = parseNetwork(profile.network.subnet)
  return outsiders.flatMap(({ what, address, path }) => {
    const is = whatIs(address, subnet)
    // Some registries have a mirror on each node, and another rule reports the loopback address of the server.
    const isLoopback = is === special[0]?.[1]
    if (is === null || (isLoopback && (path[0] === 'server' || path[1] === 'images'))) return []
    return [
      error('address/reserved', `the ${what} ${address.text} is ${is}, so machines cannot query it`, {
        hint: `write the address of the ${what}`,
        path,
        source: registry,
      }),
    ]
  })
}
