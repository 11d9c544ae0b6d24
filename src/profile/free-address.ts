import { contains, isBroadcastAddress, overlaps, parseAddress, parseNetwork } from '../network/addresses.ts'
import type { Network } from '../network/addresses.ts'
import { isMapping, valueAt } from '../text/data.ts'
import { defaults } from './defaults.ts'

/*
 * Addresses for examples in hints: in the profile's own subnet, and not used anywhere in the profile. Users would copy an address of
 * another rack.
 */

/** Networks of this prefix length always have gaps; larger ones are not searched. */
const largest = 8

const taken = new WeakMap<object, ReadonlySet<string>>()

/** Everything in the profile that looks like an IPv4 address: whatever it belongs to, it is not free. */
function takenIn(profile: object): ReadonlySet<string> {
  const known = taken.get(profile)
  if (known) return known
  const found = new Set(JSON.stringify(profile).match(/\d{1,3}(?:\.\d{1,3}){3}/g))
  taken.set(profile, found)
  return found
}

const numberOf = (bytes: readonly number[]): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0)

const textOf = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')

function subnetOf(profile: object): Network | null {
  const text = valueAt(profile, ['network', 'subnet'])
  const network = typeof text === 'string' ? parseNetwork(text) : null
  return network?.family === 4 && network.prefixLength >= largest && network.prefixLength <= 30
    ? network
    : null
}

function* machineAddresses(profile: object): Generator<string> {
  const machines = valueAt(profile, ['machines'])
  if (!Array.isArray(machines)) return
  for (const machine of machines) {
    const address: unknown = isMapping(machine) ? machine['address'] : undefined
    if (typeof address === 'string' && parseAddress(address)?.family === 4) yield address
  }
}

/** All free addresses: first those after the machines' own, then the lowest. The first of the subnet is left for a gateway. */
function* allFree(profile: object, subnet: Network): Generator<string, undefined> {
  const used = takenIn(profile)
  const [first, last] = [numberOf(subnet.first.bytes) + 2, numberOf(subnet.last.bytes)]
  const highest = [...machineAddresses(profile)]
    .flatMap((text) => parseAddress(text) ?? [])
    .filter((address) => contains(subnet, address) && !isBroadcastAddress(subnet, address))
    .reduce((most, { bytes }) => Math.max(most, numberOf(bytes)), first - 1)
  for (const [from, to] of [
    [highest + 1, last],
    [first, highest],
  ] as const)
    for (let number = from; number < to; number += 1) {
      const text = textOf(number)
      if (!used.has(text)) yield text
    }
}

/** The results so far, and a generator for more, because a profile with thousands of mistakes asks thousands of times. */
type Search = { found: string[]; more: Generator<string, undefined> }

const searches = new WeakMap<object, Search>()

/**
 * An address of the profile's subnet that nothing in the profile uses.
 *
 * @param profile the profile, possibly incomplete; it must not change afterwards
 * @param skip number of free addresses to skip, for hints about several machines
 * @returns null without a valid subnet, or if none is free
 */
export function freeAddress(profile: object, skip = 0): string | null {
  const subnet = subnetOf(profile)
  if (!subnet) return null
  const search = searches.get(profile) ?? { found: [], more: allFree(profile, subnet) }
  searches.set(profile, search)
  while (search.found.length <= skip) {
    const next = search.more.next()
    if (next.done) return null
    search.found.push(next.value)
  }
  return search.found[skip] ?? null
}

/** `, e.g. 10.1.0.22`, for a hint; empty if there is no free address. */
export function forExample(profile: object): string {
  const address = freeAddress(profile)
  return address === null ? '' : `, e.g. ${address}`
}

/** The /24 around the first machine or the gateway; null if neither has an address. */
export function likelySubnet(profile: object): string | null {
  const [first] = machineAddresses(profile)
  const gateway = valueAt(profile, ['network', 'gateway'])
  const text = first ?? (typeof gateway === 'string' ? gateway : '')
  return parseAddress(text)?.family === 4 ? (parseNetwork(`${text}/24`)?.text ?? null) : null
}

/** Private networks in the usual size of pod and service networks; none is Docker's default. */
const elsewhere = [
  defaults.podNetwork,
  defaults.serviceNetwork,
  '172.20.0.0/16',
  '172.24.0.0/16',
  '10.200.0.0/16',
  '192.168.0.0/16',
]

/**
 * A private network for pods or services that contains no address of the profile.
 *
 * @param profile the profile, possibly incomplete
 * @param others networks that it must not overlap
 */
export function freeNetwork(profile: object, others: readonly Network[]): string | null {
  const used = [...takenIn(profile)].flatMap((text) => parseAddress(text) ?? [])
  const found = elsewhere.find((text) => {
    const network = parseNetwork(text)
    return (
      network !== null &&
      !others.some((other) => overlaps(other, network)) &&
      !used.some((address) => contains(network, address))
    )
  })
  return found ?? null
}
