import { array, assert, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contains, parseAddress, parseNetwork } from '../../src/network/addresses.ts'
import { coveringNetworks } from '../../src/network/cover.ts'

const sizeOf = (text: string): number => 2 ** (32 - Number(text.split('/')[1] ?? 32))

describe('networks that contain exactly some addresses', () => {
  it.each([
    [[], []],
    [['10.0.0.1'], ['10.0.0.1']],
    [['10.0.0.3', '10.0.0.2', '10.0.0.2'], ['10.0.0.2/31']],
    [
      ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'],
      ['10.0.0.1', '10.0.0.2/31', '10.0.0.4'],
    ],
    [
      ['255.255.255.255', '0.0.0.0'],
      ['0.0.0.0', '255.255.255.255'],
    ],
    [
      ['fd00::1', 'fd00::2', 'fd00::3', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::'],
      ['::', 'fd00::1', 'fd00::2/127', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ],
  ])('%j: %j', (addresses, networks) => {
    expect(coveringNetworks(addresses)).toEqual(networks)
  })

  it.each(['balancer-1', ''])('are not found for %j, which is not an address', (text) => {
    expect(() => coveringNetworks(['10.0.0.1', text])).toThrow(`not an address: ${text}`)
  })

  it('are not found for addresses of both families', () => {
    expect(() => coveringNetworks(['10.0.0.1', 'fd00::1'])).toThrow('not of the family of 10.0.0.1: fd00::1')
  })

  it('contain all of them and nothing else', () => {
    assert(
      property(array(integer({ min: 250, max: 1200 }), { maxLength: 300 }), (numbers) => {
        const addresses = numbers.map((number) => `10.9.${number >> 8}.${number & 255}`)
        const networks = coveringNetworks(addresses)
        const size = networks.reduce((sum, text) => sum + sizeOf(text), 0)
        expect(size).toBe(new Set(addresses).size)
        const parsed = networks.map((text) => parseNetwork(text.includes('/') ? text : `${text}/32`)!)
        for (const text of addresses)
          expect(parsed.some((network) => contains(network, parseAddress(text)!))).toBe(true)
      }),
    )
  })
})
