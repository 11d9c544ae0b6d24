import type { Distribution } from '../distributions/distribution.ts'
import { kubernetesMirror } from '../distributions/kubernetes.ts'
import { readFingerprint } from '../distributions/signing-keys.ts'
import type { Profile } from '../profile/schema.ts'
import type { Cluster } from './cluster.ts'
import type { Choice } from './facts.ts'

export const withoutSlash = (address: string): string => address.replace(/\/+$/, '')

/** Where packages and images come from, and by whom they are signed. */
export function resolveMirrors(
  { mirrors: given }: Profile,
  distribution: Distribution,
  { choose }: Choice,
): Cluster['mirrors'] {
  const { mirror } = distribution
  if (mirror === null && given?.distribution === undefined)
    throw new Error(`no mirror of ${distribution.title}`)
  return {
    distribution: choose(
      ['mirrors', 'distribution'],
      given?.distribution && withoutSlash(given.distribution),
      mirror ?? '',
      `the mirror of ${distribution.title}`,
    ),
    kubernetes: choose(
      ['mirrors', 'kubernetes'],
      given?.kubernetes && withoutSlash(given.kubernetes),
      kubernetesMirror,
      'the packages of the Kubernetes project',
    ),
    images: choose(['mirrors', 'images'], given?.images, {}, 'images come from their own registries'),
    repositories: choose(
      ['mirrors', 'repositories'],
      given?.repositories && mapValues(given.repositories, withoutSlash),
      {},
      'packages come from their makers',
    ),
    // Facts show fingerprints only: keys are long.
    keys: resolveKeys(given?.keys, choose),
  }
}

function resolveKeys(
  given: NonNullable<Profile['mirrors']>['keys'],
  choose: Choice['choose'],
): Cluster['mirrors']['keys'] {
  const keys = given && mapValues(given, (value) => (typeof value === 'string' ? [value] : value))
  const shown = keys && mapValues(keys, (all) => all.map((key) => readFingerprint(key) ?? 'a whole key'))
  choose(['mirrors', 'keys'], shown, {}, 'packages are signed by their makers')
  return keys ?? {}
}

const mapValues = <Value, Result>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
