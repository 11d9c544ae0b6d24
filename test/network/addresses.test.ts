import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addressAt,
  compareAddresses,
  contains,
  isBroadcastAddress,
  isNetworkAddress,
  isPrivate,
  netmask,
  overlaps,
  parseAddress,
  parseNetwork,
  sameAddress,
  type Address,
  type Network,
} from '../../src/network/addresses.ts'

const address = (text: string): Address => parseAddress(text) ?? expect.fail(`no address: ${text}`)
const network = (text: string): Network => parseNetwork(text) ?? expect.fail(`no network: ${text}`)

describe('parseAddress', () => {
  it.each([
    ['10.10.10.19', '10.10.10.19', 4],
    ['0.0.0.0', '0.0.0.0', 4],
    ['255.255.255.255', '255.255.255.255', 4],
    ['fd00::1', 'fd00::1', 6],
    ['FD00:0:0:0::01', 'fd00::1', 6],
    ['::', '::', 6],
    ['::ffff:10.0.0.1', '::ffff:a00:1', 6],
  ])('reads %s', (text, canonical, family) => {
    expect(parseAddress(text)).toMatchObject({ text: canonical, family })
  })

  it.each([
    [''],
    ['10.10.10'],
    ['10.1'],
    ['10.10.10.256'],
    ['010.10.10.1'],
    ['0x0a.10.10.1'],
    ['10.10.10.1.'],
    ['10.10.10.-1'],
    [' 10.10.10.1'],
    ['10.10.10.1/24'],
    ['3232235777'],
    ['fd00::1%eth0'],
    ['fd00:::1'],
    ['sample.example.com'],
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeNull()
  })
})

describe('parseNetwork', () => {
  it.each([
    ['10.10.10.0/24', '10.10.10.0/24', '10.10.10.0', '10.10.10.255', false],
    ['172.168.0.0/12', '172.160.0.0/12', '172.160.0.0', '172.175.255.255', true],
    ['0.0.0.0/0', '0.0.0.0/0', '0.0.0.0', '255.255.255.255', false],
    ['10.0.0.1/32', '10.0.0.1/32', '10.0.0.1', '10.0.0.1', false],
    ['fd00::/64', 'fd00::/64', 'fd00::', 'fd00::ffff:ffff:ffff:ffff', false],
    ['fd00::1/64', 'fd00::/64', 'fd00::', 'fd00::ffff:ffff:ffff:ffff', true],
  ])('reads %s', (text, canonical, first, last, hostBits) => {
    const parsed = network(text)
    expect([parsed.text, parsed.first.text, parsed.last.text, parsed.hostBits]).toEqual([
      canonical,
      first,
      last,
      hostBits,
    ])
  })

  it.each([
    ['10.10.10.0'],
    ['10.10.10.0/'],
    ['10.10.10.0/33'],
    ['10.10.10.0/024'],
    ['10.10.10.0/255.255.255.0'],
    ['10.10.10.0/24/24'],
    ['24/10.10.10.0/24'],
    ['10.10.10/24'],
    ['fd00::/129'],
    ['/24'],
    [''],
  ])('refuses %j', (text) => {
    expect(parseNetwork(text)).toBeNull()
  })
})

describe('networks', () => {
  it.each([
    ['10.10.10.0/24', '255.255.255.0'],
    ['10.0.0.0/9', '255.128.0.0'],
    ['10.0.0.1/32', '255.255.255.255'],
    ['fd00::/64', 'ffff:ffff:ffff:ffff::'],
  ])('%s has the mask %s', (text, mask) => {
    expect(netmask(network(text))).toBe(mask)
  })

  it.each([
    ['10.0.0.0/8', true],
    ['172.16.0.0/12', true],
    ['172.31.255.0/24', true],
    ['192.168.0.0/16', true],
    ['fd00::/48', true],
    ['172.160.0.0/12', false],
    ['172.0.0.0/8', false],
    ['192.168.0.0/15', false],
    ['100.64.0.0/10', false],
    ['2001:db8::/32', false],
  ])('%s is private: %s', (text, expected) => {
    expect(isPrivate(network(text))).toBe(expected)
  })

  it.each([
    ['10.10.10.0/24', '10.10.10.0', 'network'],
    ['10.10.10.0/24', '10.10.10.255', 'broadcast'],
    ['10.10.10.0/24', '10.10.10.1', 'machine'],
    ['10.10.10.0/31', '10.10.10.0', 'machine'],
    ['10.10.10.0/31', '10.10.10.1', 'machine'],
    ['fd00::/64', 'fd00::', 'network'],
    ['fd00::/64', 'fd00::ffff:ffff:ffff:ffff', 'machine'],
    ['10.10.10.0/24', 'fd00::', 'machine'],
  ])('in %s %s is an address of kind %s', (subnet, text, kind) => {
    const found = [
      isNetworkAddress(network(subnet), address(text)) && 'network',
      isBroadcastAddress(network(subnet), address(text)) && 'broadcast',
    ].filter(Boolean)
    expect(found).toEqual(kind === 'machine' ? [] : [kind])
  })
})

/** The number of an address, by arithmetic that shares nothing with the code under test. */
const numberOf = ({ bytes }: Address): bigint => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)

const bytesOf = (family: 4 | 6) =>
  fc.uint8Array({ minLength: family === 4 ? 4 : 16, maxLength: family === 4 ? 4 : 16 })
const spell = (bytes: Uint8Array): string =>
  bytes.length === 4
    ? bytes.join('.')
    : Buffer.from(bytes)
        .toString('hex')
        .replaceAll(/(....)(?!$)/g, '$1:')
const anyAddress = (family: 4 | 6) => bytesOf(family).map((bytes) => address(spell(bytes)))
/** Few different leading bits, so that networks often lie in each other. */
const anyNetwork = (family: 4 | 6) =>
  fc
    .tuple(bytesOf(family), fc.integer({ min: 0, max: family === 4 ? 32 : 128 }))
    .map(([bytes, length]) =>
      network(`${spell(bytes.map((byte, index) => (index < 2 ? byte & 1 : byte)))}/${length}`),
    )
const family = fc.constantFrom<4 | 6>(4, 6)

const rangeOf = (net: Network): [bigint, bigint] => {
  const size = 1n << BigInt((net.family === 4 ? 32 : 128) - net.prefixLength)
  const first = (numberOf(net.first) / size) * size
  return [first, first + size - 1n]
}

describe('arithmetic agrees with big integers', () => {
  it('computes the ends of networks', () => {
    fc.assert(
      fc.property(family.chain(anyNetwork), (net) => {
        expect([numberOf(net.first), numberOf(net.last)]).toEqual(rangeOf(net))
      }),
    )
  })

  it('decides whether a network contains an address', () => {
    fc.assert(
      fc.property(
        family.chain((each) => fc.tuple(anyNetwork(each), anyAddress(each))),
        ([net, inner]) => {
          const [first, last] = rangeOf(net)
          expect(contains(net, inner)).toBe(numberOf(inner) >= first && numberOf(inner) <= last)
        },
      ),
    )
  })

  it('decides whether networks overlap', () => {
    fc.assert(
      fc.property(
        family.chain((each) => fc.tuple(anyNetwork(each), anyNetwork(each))),
        ([one, other]) => {
          const [first, last] = rangeOf(one)
          const [otherFirst, otherLast] = rangeOf(other)
          expect(overlaps(one, other)).toBe(first <= otherLast && otherFirst <= last)
        },
      ),
    )
  })

  it('orders addresses', () => {
    fc.assert(
      fc.property(
        family.chain((each) => fc.tuple(anyAddress(each), anyAddress(each))),
        ([one, other]) => {
          const [left, right] = [numberOf(one), numberOf(other)]
          expect(Math.sign(compareAddresses(one, other))).toBe(left < right ? -1 : Number(left > right))
          expect(sameAddress(one, other)).toBe(left === right)
        },
      ),
    )
  })

  it('puts all of IPv4 before IPv6, from whichever side', () => {
    fc.assert(
      fc.property(anyAddress(4), anyAddress(6), (one, other) => {
        expect(Math.sign(compareAddresses(one, other))).toBe(-1)
        expect(Math.sign(compareAddresses(other, one))).toBe(1)
      }),
    )
  })

  it('converts an address to text and back', () => {
    fc.assert(
      fc.property(family.chain(anyAddress), (each) => {
        expect(parseAddress(each.text)).toEqual(each)
      }),
    )
  })

  it('finds no address of one family in a network of the other', () => {
    fc.assert(
      fc.property(anyNetwork(4), anyAddress(6), (net, inner) => {
        expect(contains(net, inner)).toBe(false)
      }),
    )
  })
})

describe('the address with a number', () => {
  it.each([
    ['10.96.0.0/16', 1, '10.96.0.1'],
    ['10.96.0.0/16', 65_535, '10.96.255.255'],
    ['fd00:10:96::/112', 1, 'fd00:10:96::1'],
    ['fd00::ff00/120', 0, 'fd00::ff00'],
  ])('of %s, %i, is %s', (network, number, address) => {
    expect(addressAt(parseNetwork(network)!, number).text).toBe(address)
  })

  it('is not in a smaller network', () => {
    expect(() => addressAt(parseNetwork('10.0.0.0/30')!, 4)).toThrow('no address 4 in 10.0.0.0/30')
    expect(() => addressAt(parseNetwork('255.255.255.252/30')!, 4)).toThrow('no address 4 in')
  })
})
