import { compareVersions } from '../../text/versions.ts'

/** A range of minor releases, e.g. from `1.29`; null: open at that end. */
export type Releases = { first: string | null; last: string | null }

const minor = (text: string | undefined): string | null => (text ? `1.${text}` : null)

/** @throws for a malformed entry: a bug in hakube */
export function readNames(text: string): ReadonlyMap<string, Releases> {
  const known = new Map<string, Releases>()
  for (const entry of text.split(/\s+/).filter(Boolean)) {
    const [, name, first, last] = /^([\w./-]+)(?::(\d*)-(\d*))?$/.exec(entry) ?? []
    if (name === undefined || known.has(name)) throw new Error(`not an entry for a name: ${entry}`)
    known.set(name, { first: minor(first), last: minor(last) })
  }
  return known
}

/** Whether the range contains a release. */
export const isIn = ({ first, last }: Releases, release: string): boolean =>
  (first === null || compareVersions(release, first) >= 0) &&
  (last === null || compareVersions(release, last) <= 0)

/** The names that exist in a release. */
export const namesIn = (names: ReadonlyMap<string, Releases>, release: string): string[] =>
  [...names].filter(([, releases]) => isIn(releases, release)).map(([name]) => name)
