import ipaddr from 'ipaddr.js'

/** An IP address. `bytes` are in network order: 4 or 16. */
export type Address = {
  family: 4 | 6
  bytes: readonly number[]
  /** Shortest spelling: dotted decimal, or RFC 5952. */
  text: string
}

/** A network in CIDR notation. */
export type Network = {
  family: 4 | 6
  prefixLength: number
  /** Network address. */
  first: Address
  /** Last address; the broadcast address in IPv4. */
  last: Address
  /** Shortest spelling, with the network address, e.g. `10.10.10.0/24`. */
  text: string
  /** The address as written has bits set after the prefix: `172.168.0.0/12` is `172.160.0.0/12`. */
  hostBits: boolean
}

/**
 * Makes an address of its bytes.
 *
 * @param bytes 4 for IPv4, 16 for IPv6
 */
export function addressOf(bytes: readonly number[]): Address {
  const parsed = ipaddr.fromByteArray([...bytes])
  const text = parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString()
  return { family: bytes.length === 4 ? 4 : 6, bytes, text }
}

/**
 * Reads an address. IPv4 only as four decimal numbers: programs disagree about inet_aton's other spellings (`10.1`, `010.0.0.1`,
 * `0x0a.0.0.1`). IPv6 without a zone.
 *
 * @returns null when the text is not an address
 */
export function parseAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return { family: 4, bytes: text.split('.').map(Number), text }
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null
  return addressOf(ipaddr.IPv6.parse(text).toByteArray())
}

/**
 * Reads `address/prefix length`.
 *
 * @returns null when the text is not a network; a network with host bits set is accepted, with `hostBits`
 */
export function parseNetwork(text: string): Network | null {
  const [, left = '', right] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
  const address = parseAddress(left)
  const prefixLength = Number(right)
  if (!address || prefixLength > address.bytes.length * 8) return null
  const mask = maskBytes(address.family, prefixLength)
  const first = addressOf(address.bytes.map((byte, index) => byte & (mask[index] ?? 0)))
  const last = addressOf(address.bytes.map((byte, index) => byte | (~(mask[index] ?? 0) & 0xff)))
  return {
    family: address.family,
    prefixLength,
    first,
    last,
    text: `${first.text}/${prefixLength}`,
    hostBits: compareAddresses(first, address) !== 0,
  }
}

function maskBytes(family: 4 | 6, prefixLength: number): number[] {
  const masks = family === 4 ? ipaddr.IPv4 : ipaddr.IPv6
  return masks.subnetMaskFromPrefixLength(prefixLength).toByteArray()
}

/**
 * The address at this position in the network; 0 is the network address.
 *
 * @throws when the network is smaller
 */
export function addressAt(network: Network, number: number): Address {
  const bytes = [...network.first.bytes]
  let rest = number
  for (let index = bytes.length - 1; rest > 0 && index >= 0; index -= 1) {
    rest += bytes[index] ?? 0
    bytes[index] = rest % 256
    rest = Math.floor(rest / 256)
  }
  const address = addressOf(bytes)
  if (rest > 0 || !contains(network, address)) throw new Error(`no address ${number} in ${network.text}`)
  return address
}

/** `255.255.255.0` for /24; for IPv6 the mask as an address. */
export const netmask = (network: Network): string =>
  addressOf(maskBytes(network.family, network.prefixLength)).text

/** Order of addresses for sort: all of IPv4 before IPv6, then by number. */
export function compareAddresses(one: Address, other: Address): number {
  if (one.family !== other.family) return one.family - other.family
  for (const [index, byte] of one.bytes.entries()) {
    const difference = byte - (other.bytes[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

export const sameAddress = (one: Address, other: Address): boolean => compareAddresses(one, other) === 0

/** Whether the network contains the address, or the whole of the other network. */
export function contains(network: Network, inner: Address | Network): boolean {
  const [first, last] = 'bytes' in inner ? [inner, inner] : [inner.first, inner.last]
  return (
    network.family === inner.family &&
    compareAddresses(network.first, first) <= 0 &&
    compareAddresses(last, network.last) <= 0
  )
}

/** Whether the networks have an address in common. */
export const overlaps = (one: Network, other: Network): boolean =>
  contains(one, other.first) || contains(other, one.first)

/** The network address (IPv4; in IPv6 the subnet-router anycast address, RFC 4291 2.6.1), which no machine can have. */
export const isNetworkAddress = (network: Network, address: Address): boolean =>
  hasReservedEnds(network) && sameAddress(network.first, address)

/** The broadcast address (IPv4 only), which no machine can have. */
export const isBroadcastAddress = (network: Network, address: Address): boolean =>
  network.family === 4 && hasReservedEnds(network) && sameAddress(network.last, address)

/**
 * Whether the first and the last address are reserved. Point-to-point links (/31, /127) and single addresses use all their addresses (RFC
 * 3021, RFC 6164).
 */
const hasReservedEnds = (network: Network): boolean =>
  network.prefixLength < (network.family === 4 ? 31 : 127)

const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].flatMap(
  (text) => parseNetwork(text) ?? [],
)

/** Whether an address is private: RFC 1918, or for IPv6 a unique local address (RFC 4193). A network is private if all of it is. */
export const isPrivate = (inner: Address | Network): boolean =>
  privateNetworks.some((network) => contains(network, inner))
