import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { orList, suggest } from '../../diagnostics/suggest.ts'
import { distributions } from '../../distributions/index.ts'
import { architectures } from '../../distributions/mirrors.ts'
import { isArchitecture, mirrorPlaces } from '../mirror-addresses.ts'
import type { Profile } from '../schema.ts'
import { knownSystems } from '../systems.ts'
import type { Rule } from './rule.ts'

/** Keys of a mirror address besides architectures. */
const names = [...new Set(distributions.flatMap(({ name, version }) => [name, `${name}-${version}`]))]

/** Mirrors of several distributions: whether each key is valid, and whether one address suffices. */
export const mirrorSystemRules: Rule = ({ profile }) => [
  ...checkKeys(profile),
  ...checkUse(profile),
  ...checkShared(profile),
]

function checkKeys({ mirrors }: Profile): Diagnostic[] {
  return (['distribution', 'security'] as const).flatMap((key) => {
    const given = mirrors?.[key]
    if (given === undefined || typeof given === 'string') return []
    return Object.entries(given).flatMap(([below, value]): Diagnostic[] => {
      const path: Path = ['mirrors', key, below]
      if (typeof value === 'string') return checkKey(below, path, [...architectures, ...names])
      return [
        ...checkKey(below, path, names),
        ...Object.keys(value).flatMap((each) => checkKey(each, [...path, each], architectures)),
      ]
    })
  })
}

function checkKey(key: string, path: Path, known: readonly string[]): Diagnostic[] {
  if (known.includes(key)) return []
  const what = known.length > architectures.length ? 'an architecture or a distribution' : 'an architecture'
  const close = suggest(key, known)
  return [
    error('mirrors/key-of-address', `${JSON.stringify(key)} is not ${what}`, {
      hint: close
        ? `did you mean ${close}?`
        : `write ${orList(architectures)}${known.length > architectures.length ? ', or a distribution as in distribution.name' : ''}`,
      path,
      onKey: true,
    }),
  ]
}

/** Addresses for releases that no machine uses. */
function checkUse(profile: Profile): Diagnostic[] {
  const systems = knownSystems(profile)
  if (systems.length === 0) return []
  const keys = new Map(
    mirrorPlaces(profile).flatMap(({ path, isFor }): [string, Path][] => {
      const key = String(path[2])
      return isArchitecture(key) || !names.includes(key) || systems.some(isFor)
        ? []
        : [[path.slice(0, 3).join('.'), path.slice(0, 3)]]
    }),
  )
  return [...keys.values()].map((path) =>
    warning('mirrors/unused', `no machine uses this mirror of ${String(path[2])}`, {
      hint: 'remove it',
      path,
      onKey: true,
    }),
  )
}

/** Each distribution has a separate tree. */
function checkShared(profile: Profile): Diagnostic[] {
  const systems = knownSystems(profile)
  const found = new Map<string, Diagnostic>()
  for (const { key, path, isFor } of mirrorPlaces(profile)) {
    if (path.length > 2 && !isArchitecture(String(path[2]))) continue
    const meant = [...new Set(systems.filter(isFor).map(({ name }) => name))]
    const apart = key === 'security' ? meant.filter(hasSecurityOf) : meant
    if (apart.length < 2) continue
    found.set(
      key,
      error(
        'mirrors/one-for-several',
        `this is one address for ${listed(apart)}, whose packages are in different trees`,
        {
          hint: `write one for each: ${key}: {${apart.map((name) => `${name}: http://…/${name}`).join(', ')}}`,
          path: ['mirrors', key],
        },
      ),
    )
  }
  return [...found.values()]
}

const listed = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

const hasSecurityOf = (name: string): boolean =>
  distributions.some((each) => each.name === name && each.archives?.some(({ isSecurity }) => isSecurity))
