import type { Distribution } from '../distributions/distribution.ts'
import { kubernetesMirror } from '../distributions/kubernetes.ts'
import {
  architectures,
  byArchitecture,
  ownMirror,
  ownSecurityMirror,
  securityBeside,
  type Architecture,
  type ByArchitecture,
} from '../distributions/mirrors.ts'
import { readFingerprint } from '../distributions/signing-keys.ts'
import type { Profile } from '../profile/schema.ts'
import type { Cluster, Machine } from './cluster.ts'
import type { Choice } from './facts.ts'

/** One address for all, or some by architecture. */
type Given = string | Partial<Record<Architecture, string | undefined>> | undefined

export const withoutSlash = (address: string): string => address.replace(/\/+$/, '')

/** What the profile says for an architecture. */
function givenFor(given: Given, architecture: Architecture): string | undefined {
  const address = typeof given === 'object' ? given[architecture] : given
  return address === undefined ? undefined : withoutSlash(address)
}

/** Where packages and images come from, and by whom they are signed. */
export function resolveMirrors(
  { mirrors: given }: Profile,
  distribution: Distribution,
  machines: readonly Machine[],
  { choose, derive, take }: Choice,
): Cluster['mirrors'] {
  const used = architectures.filter((each) => machines.some(({ architecture }) => architecture === each))
  /** As one address where the machines have no two. */
  const shown = (addresses: ByArchitecture): string | Record<string, string> => {
    const different = new Set(used.map((each) => addresses[each]))
    return different.size > 1
      ? Object.fromEntries(used.map((each) => [each, addresses[each]]))
      : addresses[used[0] ?? 'amd64']
  }
  const packages = byArchitecture(
    (each) => givenFor(given?.distribution, each) ?? ownMirror(distribution, each) ?? '',
  )
  if (used.some((each) => packages[each] === '')) throw new Error(`no mirror of ${distribution.title}`)
  choose(
    ['mirrors', 'distribution'],
    given?.distribution && shown(packages),
    shown(packages),
    `the mirror of ${distribution.title}`,
  )
  const security = securityMirrors(given?.security, packages, distribution)
  if (security !== null) {
    if (given?.security !== undefined) take(['mirrors', 'security'], shown(security))
    else
      derive(
        'mirrors.security',
        shown(security),
        given?.distribution === undefined
          ? `that of ${distribution.title}`
          : 'the mirror of the distribution has them too',
      )
  }
  return {
    distribution: packages,
    security,
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

/** Where the profile names a mirror of the packages, it has the security updates, too: a rack without the internet reaches no other. */
function securityMirrors(
  given: Given,
  packages: ByArchitecture,
  distribution: Distribution,
): ByArchitecture | null {
  const of = (architecture: Architecture): string | null => {
    const mirror = packages[architecture]
    return (
      givenFor(given, architecture) ??
      (mirror === ownMirror(distribution, architecture)
        ? ownSecurityMirror(distribution, architecture)
        : securityBeside(distribution, mirror))
    )
  }
  const amd64 = of('amd64')
  const arm64 = of('arm64')
  return securityBeside(distribution, '') === null || amd64 === null || arm64 === null
    ? null
    : { amd64, arm64 }
}

const mapValues = <Value, Result>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
