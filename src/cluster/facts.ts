import type { Path } from '../diagnostics/diagnostic.ts'
import type { Default } from '../profile/defaults.ts'
import type { From } from './machine-settings.ts'

/** A row of `explain`: a value of the cluster and its origin. */
export type Fact = From & {
  name: string
  value: string
  /** For defaults: the reason. */
  reason?: string
}

/** A value that `explain` can show. */
type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

/** Fills in values of the cluster and records a row for `explain` about each. */
export type Choice = {
  facts: readonly Fact[]
  /** Returns a value that the profile must contain. */
  take: <Given extends Value>(path: Path, given: Given) => Given
  /** Returns the value of the profile, or else the default. `path` is its position in the profile. */
  choose: <Given extends Value, Fallback extends Value>(
    path: Path,
    given: Given | undefined,
    fallback: Default<Fallback>,
  ) => Given | Fallback
  /** Returns a value that the profile cannot set. */
  derive: <Derived extends Value>(name: string, derived: Derived, reason: string) => Derived
}

/** Makes an empty collector for one run of `resolve`; every call adds a row. */
export function factCollector(): Choice {
  const facts: Fact[] = []
  const take: Choice['take'] = (path, value) => {
    facts.push({ name: path.join('.'), value: show(value), from: path })
    return value
  }
  const derive: Choice['derive'] = (name, value, reason) => {
    facts.push({ name, value: show(value), reason })
    return value
  }
  return {
    facts,
    take,
    derive,
    choose: (path, given, { value, reason }) =>
      given === undefined ? derive(path.join('.'), value, reason) : take(path, given),
  }
}

function show(value: Value): string {
  if (value === null) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value !== 'object') return String(value)
  if (isList(value)) return value.map(show).join(', ')
  const rows = Object.entries(value).map(([key, each]) => `${key} = ${show(each)}`)
  return rows.join(', ') || 'none'
}

/** Array.isArray does not narrow read-only lists (microsoft/TypeScript#17002). */
const isList = (value: object): value is readonly Value[] => Array.isArray(value)
