import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalMac, colonMac, isMulticastMac } from '../../src/network/mac.ts'

describe('canonicalMac', () => {
  it.each([
    ['52:54:00:aa:bb:01'],
    ['52-54-00-aa-bb-01'],
    ['52:54:00:AA:BB:01'],
    ['52-54-00-Aa-bB-01'],
    ['01-52-54-00-aa-bb-01'],
    ['01:52:54:00:aa:bb:01'],
    ['01-52-54-00-AA-BB-01'],
    ['525400aabb01'],
    ['525400AABB01'],
    ['5254.00aa.bb01'],
    ['5254.00AA.BB01'],
  ])('reads %s', (text) => {
    expect(canonicalMac(text)).toBe('52-54-00-aa-bb-01')
  })

  it.each([
    ['', 'nothing'],
    ['52:54:00:aa:bb', 'too short'],
    ['52:54:00:aa:bb:01:02', 'too long'],
    ['02-52-54-00-aa-bb-01', 'a hardware type that is not Ethernet'],
    ['52:54-00:aa-bb:01', 'colons and dashes'],
    ['01-52:54:00:aa:bb:01', 'colons behind a dash'],
    ['52:54:00:aa:bb:0g', 'no hexadecimal digit'],
    ['52:54:0:aa:bb:01', 'an octet with one digit'],
    ['5254.00aabb01', 'one dot'],
    ['01525400aabb01', '14 digits'],
    ['0x525400aabb01', 'a prefix of numbers'],
    [' 52:54:00:aa:bb:01', 'a space before'],
    ['52:54:00:aa:bb:01\n', 'a line end behind'],
    ['52:54:00:aa:bb:01/../x', 'something behind'],
    ['01:00:5e:00:00:12', 'multicast'],
    ['ff:ff:ff:ff:ff:ff', 'broadcast'],
  ])('refuses %j: %s', (text) => {
    expect(canonicalMac(text)).toBeNull()
  })

  const octets = fc
    .uint8Array({ minLength: 6, maxLength: 6 })
    .map((bytes) => Uint8Array.from(bytes, (byte, index) => (index === 0 ? byte & 0xfe : byte)))
  const spell = fc.constantFrom(
    (hex: string[]) => hex.join(':'),
    (hex: string[]) => hex.join('-'),
    (hex: string[]) => `01-${hex.join('-')}`,
    (hex: string[]) => `01:${hex.join(':')}`,
    (hex: string[]) => hex.join(''),
    (hex: string[]) => hex.join('').replace(/^(....)(....)(....)$/, '$1.$2.$3'),
  )

  it('returns the same for every spelling of the same octets', () => {
    fc.assert(
      fc.property(octets, spell, fc.boolean(), (bytes, spelling, upper) => {
        const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'))
        const text = spelling(hex)
        expect(canonicalMac(upper ? text.toUpperCase() : text)).toBe(hex.join('-'))
      }),
    )
  })

  it('returns null or its own form for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const mac = canonicalMac(text)
        expect(mac === null || canonicalMac(mac) === mac).toBe(true)
      }),
    )
  })
})

describe('isMulticastMac', () => {
  it.each([
    ['01:00:5e:00:00:12', true],
    ['01005e000012', true],
    ['01-01-00-5e-00-00-12', true],
    ['FF-FF-FF-FF-FF-FF', true],
    ['52:54:00:aa:bb:01', false],
    ['01-52-54-00-aa-bb-01', false],
    ['01:00:5e', false],
  ])('%s: %s', (text, expected) => {
    expect(isMulticastMac(text)).toBe(expected)
  })
})

describe('colonMac', () => {
  it('separates the octets with colons', () => {
    expect(colonMac('52-54-00-aa-bb-01')).toBe('52:54:00:aa:bb:01')
  })
})
