import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import {
  contains,
  isBroadcastAddress,
  isNetworkAddress,
  overlaps,
  parseAddress,
  parseNetwork,
  type Address,
  type Network,
} from '../../network/addresses.ts'
import { readInnerNetworks } from '../inner-networks.ts'
import type { Subnet } from '../layout.ts'
import type { Profile } from '../schema.ts'

/* Subnets of the nodes, of both families, and their routers. */

/** Additional subnets, and the IPv6 settings in `network`. */
export function checkSubnets(profile: Profile, subnets: readonly Subnet[]): Diagnostic[] {
  const { network } = profile
  const diagnostics: Diagnostic[] = []
  for (const [index, each] of (network.subnets ?? []).entries()) {
    const path: Path = ['network', 'subnets', index]
    const own = checkNetwork(each.subnet, 4, [...path, 'subnet'])
    const own6 = each.subnet6 === undefined ? null : checkNetwork(each.subnet6, 6, [...path, 'subnet6'])
    diagnostics.push(...(own.diagnostics ?? []), ...(own6?.diagnostics ?? []))
    for (const inner of insideOf(profile))
      if (own.network && overlaps(inner.network, own.network))
        diagnostics.push(overlap('subnet', own.network, [...path, 'subnet'], inner.network, inner.path))
    diagnostics.push(...checkGateway(each.gateway, own.network, [...path, 'gateway']))
    if (each.gateway6 !== undefined)
      diagnostics.push(...checkGateway(each.gateway6, own6?.network ?? null, [...path, 'gateway6']))
    for (const other of subnets)
      if (JSON.stringify(other.path) !== JSON.stringify(path) && own.network)
        if (overlaps(other.subnet, own.network) && isBefore(other.path, path))
          diagnostics.push(
            overlap('subnet', own.network, [...path, 'subnet'], other.subnet, [...other.path, 'subnet']),
          )
  }
  for (const { value, path } of [
    { value: network, path: ['network'] as Path },
    ...(network.subnets ?? []).map((value, index) => ({ value, path: ['network', 'subnets', index] })),
  ]) {
    diagnostics.push(...checkSubnet6Overlaps(profile, path, subnets))
    if (value.gateway6 !== undefined && value.subnet6 === undefined)
      diagnostics.push(
        error('link/gateway', 'gateway6 has no effect without subnet6', {
          hint: 'write subnet6, the IPv6 network of the machines, or remove it',
          path: [...path, 'gateway6'],
          onKey: true,
        }),
      )
  }
  if (network.gateway6 !== undefined)
    diagnostics.push(
      ...checkGateway(network.gateway6, parseNetwork(network.subnet6 ?? ''), ['network', 'gateway6']),
    )
  return diagnostics
}

/** The IPv6 networks of subnets must not overlap each other, or the pod and service networks. */
function checkSubnet6Overlaps(profile: Profile, path: Path, subnets: readonly Subnet[]): Diagnostic[] {
  const own = subnets.find((each) => JSON.stringify(each.path) === JSON.stringify(path))?.subnet6
  if (!own) return []
  const others = [
    ...insideOf(profile),
    ...subnets.flatMap(({ subnet6, path: other }) =>
      subnet6 && isBefore(other, path) ? [{ network: subnet6, path: [...other, 'subnet6'] }] : [],
    ),
  ]
  return others
    .filter(({ network }) => overlaps(network, own))
    .map((other) => overlap('subnet', own, [...path, 'subnet6'], other.network, other.path))
}

const isBefore = (one: Path, other: Path): boolean =>
  one.length < other.length || Number(one.at(-1)) < Number(other.at(-1))

export const overlap = (
  what: string,
  network: Network,
  path: Path,
  other: Network,
  otherPath: Path,
): Diagnostic =>
  error('network/overlap', `the ${what} ${network.text} overlaps ${other.text}`, {
    hint: 'move one of the two; a machine cannot tell to which of the two an address belongs',
    path,
    related: [{ path: otherPath, message: 'the other network is set here' }],
  })

export function checkNetwork(
  text: string,
  family: 4 | 6,
  path: Path,
): { network: Network | null; diagnostics?: Diagnostic[] } {
  const network = parseNetwork(text)
  const example = family === 4 ? '10.2.0.0/24' : 'fd00:10:2::/64'
  if (network?.family !== family)
    return {
      network: null,
      diagnostics: [
        error('network/malformed', `${inQuotes(text)} is not an IPv${family} network`, {
          hint: `write an address and a prefix length, e.g. ${example}`,
          path,
        }),
      ],
    }
  if (!network.hostBits) return { network }
  return {
    network,
    diagnostics: [
      error('network/host-bits', `${text} has bits set after the prefix: the network is ${network.text}`, {
        hint: `write ${network.text}`,
        path,
      }),
    ],
  }
}

const linkLocal6 = parseNetwork('fe80::/10')

/** Several routers may have the same address, each on its own link. */
export const isLinkLocal6 = (address: Address): boolean =>
  linkLocal6 !== null && contains(linkLocal6, address)

export function checkGateway(text: string, network: Network | null, path: Path): Diagnostic[] {
  const address = parseAddress(text)
  if (!address)
    return [
      error('address/malformed', `${inQuotes(text)} is not an address`, {
        hint: 'write the address of the router',
        path,
      }),
    ]
  // IPv6 routers often have no other permanent address, and each link has that network (RFC 4291 2.5.6).
  if (isLinkLocal6(address)) return []
  if (
    network &&
    (!contains(network, address) ||
      isNetworkAddress(network, address) ||
      isBroadcastAddress(network, address))
  )
    return [
      error(
        'link/gateway',
        `no machine reaches the gateway ${address.text}: it is not an address in ${network.text}`,
        {
          hint: `write the address that the router has in ${network.text}`,
          path,
        },
      ),
    ]
  return []
}

/** The pod and service networks. Diagnostics cannot point to a default. */
export const insideOf = (profile: Profile): { what: string; network: Network; path: Path }[] =>
  readInnerNetworks(profile).map(({ what, network, path, written }) => ({
    what,
    network,
    path: written === null ? ['kubernetes'] : path,
  }))
