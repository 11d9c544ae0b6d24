import { compareAddresses, parseAddress } from './addresses.ts'

const bits = 32

/**
 * The fewest IPv4 networks that hold exactly these addresses and no other, in order.
 *
 * @param texts IPv4 addresses, in any order; each may be there several times
 * @throws for what is not an IPv4 address: the rules of the profile find that first
 */
export function coveringNetworks(texts: readonly string[]): string[] {
  const addresses = texts.map((text) => {
    const address = parseAddress(text)
    if (address?.family !== 4) throw new Error(`not an IPv4 address: ${text}`)
    return address
  })
  const numbers = addresses
    .toSorted(compareAddresses)
    .map(({ bytes }) => bytes.reduce((sum, byte) => sum * 256 + byte, 0))
  const covers: string[] = []
  for (const [first, last] of runsOf(numbers)) {
    let from = first
    while (from <= last) {
      let size = 1
      while (size < 2 ** bits && from % (size * 2) === 0 && from + size * 2 - 1 <= last) size *= 2
      covers.push(textOf(from, bits - Math.log2(size)))
      from += size
    }
  }
  return covers
}

function* runsOf(numbers: readonly number[]): Generator<[first: number, last: number]> {
  let run: [number, number] | null = null
  for (const number of numbers) {
    if (run && number <= run[1] + 1) run[1] = number
    else {
      if (run) yield run
      run = [number, number]
    }
  }
  if (run) yield run
}

function textOf(number: number, prefixLength: number): string {
  const address = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
  return prefixLength === bits ? address : `${address}/${prefixLength}`
}
