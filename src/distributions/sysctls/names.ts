/**
 * Kernel settings by directory and by accepted values, separated by white space: `name`, `name:first-last`, `name:first-` or
 * `name:-last`, with the kernel versions that have it. A star in a directory stands for the name of an interface.
 *
 * Values: `LOW..HIGH`, each of which may be missing or name the largest number of a type; `int`, any 32-bit number; `number`, any number;
 * `text`, anything; `fixed`, read-only. A suffix `x3`: three of them. If versions differ, it is a value that one of them accepts.
 */
export type SysctlNames = Readonly<Record<string, Readonly<Record<string, string>>>>

/** A number of values, and their range. */
export type SysctlNumbers = { count: number; low: number; high: number }

export type KnownSysctl = {
  /** With dots; a star stands for the name of an interface. */
  key: string
  takes: SysctlNumbers | 'text' | 'fixed'
  /** The first kernel version that has it among those listed; null: all of them. */
  first: string | null
  /** The last one. */
  last: string | null
}

const largest: Readonly<Record<string, number>> = { int: 2_147_483_647, uint: 4_294_967_295 }
const any = { low: -Infinity, high: Infinity }

/** @throws for a malformed description: a bug in hakube */
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

/** @throws for a malformed entry: a bug in hakube */
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
