import type { Own } from './own-document.ts'
import { machineRecord } from './secrets.ts'

const textOf = (own: Own, name: string): string | undefined =>
  Object.hasOwn(own, name) ? own[name] : undefined

/**
 * Applies the changes from `base` to `mine` to `theirs`.
 *
 * @returns in `conflicts` the names that both have changed differently; for those, `own` has the text of `mine`
 */
export function mergeOwn(base: Own, mine: Own, theirs: Own): { own: Own; conflicts: readonly string[] } {
  const names = [...new Set([base, mine, theirs].flatMap((each) => Object.keys(each)))].toSorted()
  const rows = names.map((name) => {
    const [was, wanted, there] = [textOf(base, name), textOf(mine, name), textOf(theirs, name)]
    const text = wanted === was ? there : wanted
    return { name, text, conflict: wanted !== was && there !== was && wanted !== there }
  })
  return {
    own: machineRecord(rows.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text] as const]))),
    conflicts: rows.filter(({ conflict }) => conflict).map(({ name }) => name),
  }
}

/** Whether both have the same names with the same texts. */
export const isSameOwn = (one: Own, other: Own): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.keys(one).every((name) => textOf(other, name) === one[name])
