import { addressOf, compareAddresses, parseAddress } from './addresses.ts'

/**
 * The smallest list of networks that contains exactly these addresses, in order.
 *
 * @param texts addresses of one family, in any order; duplicates are allowed
 * @throws when a text is not an address, or the families differ: rules of the profile reject both before
 */
export function coveringNetworks(texts: readonly string[]): string[] {
  const addresses = texts.map((text) => {
    const address = parseAddress(text)
    if (!address) throw new Error(`not an address: ${text}`)
    return address
  })
  const [first] = addresses
  const other = addresses.find(({ family }) => family !== first?.family)
  if (!first || other) {
    if (other) throw new Error(`not of the family of ${first?.text}: ${other.text}`)
    return []
  }
  const { length } = first.bytes
  const numbers = addresses
    .toSorted(compareAddresses)
    .map(({ bytes }) => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n))
  const covers: string[] = []
  for (const [start, last] of runsOf(numbers)) {
    let from = start
    while (from <= last) {
      let bits = 0n
      while (bits < length * 8 && from % (2n << bits) === 0n && from + (2n << bits) - 1n <= last) bits += 1n
      covers.push(textOf(from, length, Number(bits)))
      from += 1n << bits
    }
  }
  return covers
}

function* runsOf(numbers: readonly bigint[]): Generator<[first: bigint, last: bigint]> {
  let run: [bigint, bigint] | null = null
  for (const number of numbers) {
    if (run && number <= run[1] + 1n) run[1] = number
    else {
      if (run) yield run
      run = [number, number]
    }
  }
  if (run) yield run
}

/**
 * @param length of the address, in bytes
 * @param bits number of host bits
 */
function textOf(number: bigint, length: number, bits: number): string {
  const bytes = Array.from({ length }, (_, index) =>
    Number((number >> BigInt((length - 1 - index) * 8)) & 255n),
  )
  const { text } = addressOf(bytes)
  return bits === 0 ? text : `${text}/${length * 8 - bits}`
}
