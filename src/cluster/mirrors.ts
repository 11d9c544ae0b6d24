import type { Distribution } from '../distributions/distribution.ts'
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
import { defaultOf } from '../profile/defaults.ts'
import { imageMirrorsOf } from '../profile/image-mirrors.ts'
import type { Profile } from '../profile/schema.ts'
import { mirrorGiven, type AddressesGiven } from '../profile/mirror-addresses.ts'
import type { Cluster, Machine, System } from './cluster.ts'
import type { Choice } from './facts.ts'
import type { Sources } from './settings.ts'
import { readAuthorities } from './trust.ts'

type Given = AddressesGiven | undefined

export const withoutSlash = (address: string): string => address.replace(/\/+$/, '')

/** The mirror that the profile sets for an architecture. */
function givenFor(given: Given, architecture: Architecture): string | undefined {
  const address = typeof given === 'object' ? given[architecture] : given
  return address === undefined ? undefined : withoutSlash(address)
}

/** Where the packages of an operating system come from, for each architecture of its machines. */
export function resolveSystemMirrors(
  { mirrors }: Profile,
  distribution: Distribution,
  machines: readonly Pick<Machine, 'architecture'>[],
  { choose, derive, take }: Choice,
): System['mirrors'] {
  const given = {
    distribution: mirrorGiven(mirrors?.distribution, distribution),
    security: mirrorGiven(mirrors?.security, distribution),
  }
  const used = architectures.filter((each) => machines.some(({ architecture }) => architecture === each))
  /** Shown as one address unless the architectures have different ones. */
  const shown = (addresses: ByArchitecture): string | Record<string, string> => {
    const different = new Set(used.map((each) => addresses[each]))
    return different.size > 1
      ? Object.fromEntries(used.map((each) => [each, addresses[each]]))
      : addresses[used[0] ?? 'amd64']
  }
  const packages = byArchitecture(
    (each) => givenFor(given.distribution?.value, each) ?? ownMirror(distribution, each) ?? '',
  )
  if (used.some((each) => packages[each] === '')) throw new Error(`no mirror of ${distribution.title}`)
  choose(
    ['mirrors', 'distribution', ...(given.distribution?.key ?? [])],
    given.distribution ? shown(packages) : undefined,
    {
      ...defaultOf.distributionMirror.of(distribution),
      value: shown(packages),
    },
  )
  const security = securityMirrors(given.security?.value, packages, distribution)
  if (security !== null) {
    if (given.security) take(['mirrors', 'security', ...given.security.key], shown(security))
    else
      derive(
        'mirrors.security',
        shown(security),
        defaultOf.securityMirror.of({ distribution, besidePackages: given.distribution !== null }).reason,
      )
  }
  return { distribution: packages, security }
}

/** Mirrors of everything else, and the keys that sign it. */
export function resolveMirrors(
  { mirrors: given }: Profile,
  { choose }: Choice,
  sources: Sources,
): Cluster['mirrors'] {
  const images = imageMirrorsOf({ mirrors: given })
  return {
    kubernetes: choose(
      ['mirrors', 'kubernetes'],
      given?.kubernetes && withoutSlash(given.kubernetes),
      defaultOf.kubernetesMirror,
    ),
    images: choose(
      ['mirrors', 'images'],
      given?.images && Object.fromEntries(images.map(({ registry, address }) => [registry, address])),
      defaultOf.imageMirrors,
    ),
    logins: Object.fromEntries(
      images.flatMap(({ registry, username, passwordSecret }) =>
        username === undefined || passwordSecret === undefined
          ? []
          : [[registry, { username, passwordSecret }] as const],
      ),
    ),
    authorities: Object.fromEntries(
      images.flatMap(({ registry, ca }) =>
        ca === undefined ? [] : [[registry, readAuthorities(ca, sources).map(({ pem }) => pem)] as const],
      ),
    ),
    repositories: choose(
      ['mirrors', 'repositories'],
      given?.repositories && mapValues(given.repositories, withoutSlash),
      defaultOf.repositoryMirrors,
    ),
    // Facts contain only fingerprints, because keys are long.
    keys: resolveKeys(given?.keys, choose),
  }
}

function resolveKeys(
  given: NonNullable<Profile['mirrors']>['keys'],
  choose: Choice['choose'],
): Cluster['mirrors']['keys'] {
  const keys = given && mapValues(given, (value) => (typeof value === 'string' ? [value] : value))
  const shown = keys && mapValues(keys, (all) => all.map((key) => readFingerprint(key) ?? 'a complete key'))
  choose(['mirrors', 'keys'], shown, defaultOf.signingKeys)
  return keys ?? {}
}

/**
 * If the profile sets a mirror of the packages, it must contain the security updates as well: a rack without internet access reaches no
 * other server.
 */
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
