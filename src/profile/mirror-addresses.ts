import type { Path } from '../diagnostics/diagnostic.ts'
import type { Distribution } from '../distributions/distribution.ts'
import { architectures, type Architecture } from '../distributions/mirrors.ts'
import type { Profile } from './schema.ts'

/*
 * Addresses of `mirrors.distribution` and `mirrors.security`: one for all, or by architecture, by distribution or by release. The
 * narrowest wins: a release, then its distribution, then the one for all.
 */

type Named = Pick<Distribution, 'name' | 'version'>
type Given = NonNullable<Profile['mirrors']>['distribution']

/** One address for all architectures, or addresses by architecture. */
export type AddressesGiven = string | Readonly<Partial<Record<Architecture, string>>>

export const isArchitecture = (key: string): key is Architecture => architectures.some((each) => each === key)

/** Accepts a mapping whose keys are architectures; a rule reports other keys. */
function byArchitectures(given: Readonly<Record<string, unknown>>): AddressesGiven | null {
  const found = architectures.flatMap((architecture) => {
    const address = given[architecture]
    return typeof address === 'string' ? [[architecture, address] as const] : []
  })
  return found.length === 0 ? null : Object.fromEntries(found)
}

/** The mirror of a distribution in the profile, and the key below `mirrors.distribution` or `mirrors.security` that sets it. */
export function mirrorGiven(
  given: Given,
  { name, version }: Named,
): { value: AddressesGiven; key: Path } | null {
  if (given === undefined) return null
  if (typeof given === 'string') return { value: given, key: [] }
  for (const key of [`${name}-${version}`, name]) {
    const own = Object.hasOwn(given, key) ? given[key] : undefined
    const value = typeof own === 'object' ? byArchitectures(own) : own
    if (value !== undefined && value !== null) return { value, key: [key] }
  }
  const value = byArchitectures(given)
  return value === null ? null : { value, key: [] }
}

export type MirrorPlace = {
  key: 'distribution' | 'security'
  /** Null: for all architectures. */
  architecture: Architecture | null
  address: string
  path: Path
  /** Whether machines with a distribution use it. */
  isFor: (distribution: Named) => boolean
}

type Mapping = Extract<NonNullable<Given>, object>

/** Each address of a distribution mirror, with the machines that use it. */
export const mirrorPlaces = ({ mirrors }: Pick<Profile, 'mirrors'>): MirrorPlace[] =>
  (['distribution', 'security'] as const).flatMap((key): MirrorPlace[] => {
    const given = mirrors?.[key]
    const path: Path = ['mirrors', key]
    if (given === undefined) return []
    if (typeof given === 'string')
      return [{ key, architecture: null, address: given, path, isFor: () => true }]
    return Object.entries(given).flatMap(([below, value]) => placesBelow(key, given, below, value))
  })

function placesBelow(
  key: MirrorPlace['key'],
  given: Mapping,
  below: string,
  value: Mapping[string],
): MirrorPlace[] {
  const path: Path = ['mirrors', key, below]
  const isFor = (distribution: Named): boolean => {
    const found = mirrorGiven(given, distribution)
    return found?.key.length === 0 ? isArchitecture(below) : found?.key[0] === below
  }
  if (typeof value === 'string') {
    const architecture = isArchitecture(below) ? below : null
    return [{ key, architecture, address: value, path, isFor }]
  }
  return Object.entries(value).flatMap(([architecture, address]) =>
    isArchitecture(architecture)
      ? [{ key, architecture, address, path: [...path, architecture], isFor }]
      : [],
  )
}
