/** Bytes of each unit: powers of 1024 (IEC 80000-13), and the decimal units of disk vendors. */
const units: Readonly<Record<string, number>> = {
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
}

/**
 * Parses a size with its unit, e.g. `64GiB` or `1.5 TB`.
 *
 * @returns whole bytes, or null for an invalid size
 */
export function parseSize(text: string): number | null {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text) ?? []
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
  if (factor === undefined) return null
  const bytes = Math.round(Number(number) * factor)
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null
}

/** What to write instead of an invalid size. */
export function sizeHint(given: string | number): string {
  const [, number, letter = ''] = /^(\d+(?:\.\d+)?) ?([kKmMgGtT]?)/.exec(String(given)) ?? []
  if (number === undefined) return 'write a number and its unit, e.g. 64GiB'
  // Kickstart uses MiB, and so do users for file systems.
  const usual = Number(number) < 4096 ? 'G' : 'M'
  const unit = letter === '' || letter.toUpperCase() === 'K' ? usual : letter.toUpperCase()
  return `write ${number}${unit}iB`
}

/** In the largest power of 1024 that gives a whole number, or rounded in GB, for messages. */
export function formatSize(bytes: number): string {
  const fits = ['TiB', 'GiB', 'MiB'].find((unit) => bytes % (units[unit] ?? 1) === 0)
  return fits === undefined ? `${Math.round(bytes / 1e9)}GB` : `${bytes / (units[fits] ?? 1)}${fits}`
}

/** A range of disk sizes: from `least` to `most` bytes, or the smallest or largest of those that match otherwise. */
export type DiskSize = { least: number; most: number | null } | 'smallest' | 'largest'

/** By how much a disk may differ from its nominal size. */
const tolerance = 0.05

/**
 * Parses `480GB`, `>=400GB`, `<=1TB`, smallest or largest.
 *
 * @returns null for anything else
 */
export function parseDiskSize(text: string): DiskSize | null {
  if (text === 'smallest' || text === 'largest') return text
  const [, sign, size = ''] = /^(>=|<=)? ?(.*)$/.exec(text) ?? []
  const bytes = parseSize(size)
  if (bytes === null) return null
  if (sign === '>=') return { least: bytes, most: null }
  if (sign === '<=') return { least: 1, most: bytes }
  return { least: Math.ceil(bytes * (1 - tolerance)), most: Math.floor(bytes * (1 + tolerance)) }
}
