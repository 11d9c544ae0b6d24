import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { packageAccounts, systemAccount } from '../../distributions/accounts.ts'
import type { Distribution, GenericPackage } from '../../distributions/distribution.ts'
import { defaults } from '../defaults.ts'
import { etcdPlacementOf, usualBalancing } from '../placements.ts'
import type { Profile } from '../schema.ts'
import { settingsPlaces } from './rule.ts'

/** A user whose name the distribution or a package of the machines uses. */
export function checkTaken(
  profile: Profile,
  distribution: Distribution,
  name: string,
  path: Path,
): Diagnostic[] {
  if (name === 'root') return []
  const fail = (message: string, source: string) => [
    error('users/taken', message, { hint: `write another name, e.g. ${otherName(name)}`, path, source }),
  ]
  const { title, family } = distribution
  const kind = systemAccount(distribution, name)
  const source = family === 'rhel' ? 'package setup, uidgid' : 'package base-passwd; useradd(8)'
  if (kind === 'user') return fail(`${name} is a system user of ${title}`, source)
  if (kind === 'group')
    return fail(`${name} is a group of ${title}, so useradd refuses to create a user with that name`, source)
  const owner = installedPackages(profile, distribution).find((each) =>
    packageAccounts(distribution, each).includes(name),
  )
  if (owner === undefined) return []
  return fail(
    `${name} is a user or group of the package ${owner}, which would take over this login`,
    `package ${owner}`,
  )
}

const otherName = (name: string): string => `${name.replace(/^_+/, '').slice(0, 26)}-admin`

/**
 * Packages of the machines that create accounts, and those of the profile. Where hakube installs a program without its package, the
 * account is the same.
 */
export function installedPackages(profile: Profile, distribution: Distribution): string[] {
  const { packages, ownDocker } = distribution
  const named = (generic: GenericPackage): string => packages[generic] ?? generic
  const placement = profile.loadBalancing?.placement ?? usualBalancing(profile.machines)
  const balances = profile.loadBalancing !== undefined && ['dedicated', 'control-plane'].includes(placement)
  const { name: runtime = defaults.containerRuntime } = profile.containerRuntime ?? {}
  return [
    named('chrony'),
    ...(balances ? [named('haproxy'), named('keepalived')] : []),
    ...(etcdPlacementOf(profile) === 'stacked' ? [] : [named('etcd')]),
    ...(runtime === 'docker' ? ['docker-ce', ...(ownDocker ?? [])] : []),
    ...[...settingsPlaces(profile)].flatMap(({ settings }) => settings.packages ?? []),
  ]
}
