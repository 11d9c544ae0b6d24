/**
 * Kernel settings by directory and by what the kernel takes for a value, parted at white space: `name`, `name:first-last`, `name:first-` or
 * `name:-last`, with the versions of the kernel that have it. A directory may have a star for the name of an interface.
 *
 * Values: `LOW..HIGH`, each of which may be missing or a name of the largest number of its type; `int`, any of 32 bits; `number`, any; `text`,
 * whatever the kernel makes of it; `fixed`, what nobody can set. `x3` behind it: three of them. Where versions differ it is what one of
 * them takes.
 */
export type SysctlNames = Readonly<Record<string, Readonly<Record<string, string>>>>

/** How many numbers from where to where. */
export type SysctlNumbers = { count: number; low: number; high: number }

export type KnownSysctl = {
  /** With dots; a star stands for the name of an interface. */
  key: string
  takes: SysctlNumbers | 'text' | 'fixed'
  /** The first version of the kernel that has it, as far as hakube has looked; null: all that it has looked at. */
  first: string | null
  /** The last one. */
  last: string | null
}

const largest: Readonly<Record<string, number>> = { int: 2_147_483_647, uint: 4_294_967_295 }
const any = { low: -Infinity, high: Infinity }

/** @throws when a description is not written as above: a fault of ours */
function readTakes(text: string): KnownSysctl['takes'] {
  if (text === 'text' || text === 'fixed') return text
  const [, range = '', count = '1'] = /^(\S+)(?: x(\d))?$/.exec(text) ?? []
  const numbers = { count: Number(count), ...any }
  if (range === 'number') return numbers
  if (range === 'int') return { ...numbers, low: -2_147_483_648, high: 2_147_483_647 }
  const [, low, high] = /^(-?\d+)?\.\.(-?\d+|u?int)?$/.exec(range) ?? []
  if (low === undefined && high === undefined) throw new Error(`not what a kernel setting takes: ${text}`)
  return {
    ...numbers,
    ...(low === undefined ? {} : { low: Number(low) }),
    ...(high === undefined ? {} : { high: largest[high] ?? Number(high) }),
  }
}

/** @throws when an entry is not written as above: a bug in hakube */
export const readSysctlNames = (names: SysctlNames): KnownSysctl[] =>
  Object.entries(names).flatMap(([directory, types]) =>
    Object.entries(types).flatMap(([type, list]) => {
      const takes = readTakes(type)
      return list
        .split(/\s+/)
        .filter(Boolean)
        .map((entry): KnownSysctl => {
          const [, name, first, last] = /^([^\s:]+)(?::([\d.]*)-([\d.]*))?$/.exec(entry) ?? []
          if (name === undefined) throw new Error(`not an entry for a kernel setting: ${entry}`)
          return { key: `${directory}.${name}`, takes, first: first || null, last: last || null }
        })
    }),
  )
