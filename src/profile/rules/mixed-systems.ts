import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Related } from '../../diagnostics/diagnostic.ts'
import { compareVersions } from '../../text/versions.ts'
import { etcdSystems } from '../etcd-release.ts'
import { etcdPlacementOf, usualBalancing } from '../placements.ts'
import type { Profile } from '../schema.ts'
import type { KnownSystem } from '../systems.ts'
import { balancerSystems } from './of-systems.ts'
import type { Rule } from './rule.ts'

/** Releases whose packages do not work together when machines communicate. */
export const mixedSystemRules: Rule = ({ profile }) => [...checkKeepalived(profile), ...checkEtcd(profile)]

const chosenAt = ({ choice, distribution }: KnownSystem): Related => ({
  path: choice.version?.path ?? choice.path,
  message: `${distribution.title} is selected here`,
})

const isOld = ({ distribution }: KnownSystem): boolean =>
  compareVersions(distribution.keepalivedVersion, '1.4') < 0

/**
 * Up to 1.3.6 keepalived computes other checksums in unicast packets of VRRP 3; later releases detect them only if built so, and until
 * then both sides drop each other's packets, so two machines hold the addresses (keepalived.conf(5), old_unicast_checksum).
 */
function checkKeepalived(profile: Profile): Diagnostic[] {
  const { loadBalancing: balancing, machines } = profile
  const placement = balancing?.placement ?? usualBalancing(machines)
  if (!balancing || placement === 'external' || placement === 'static-pod') return []
  const systems = balancerSystems(profile)
  const old = systems.find(isOld)
  const other = systems.find((each) => !isOld(each))
  if (!old || !other) return []
  return [
    error(
      'load-balancing/mixed-keepalived',
      `keepalived ${old.distribution.keepalivedVersion} of ${old.distribution.title} and ${other.distribution.keepalivedVersion} of ${other.distribution.title} reject each other's packets: both would hold the virtual addresses`,
      {
        hint: 'give all load balancers releases with keepalived 1.4 or later',
        path: ['loadBalancing'],
        onKey: true,
        related: [chosenAt(old), chosenAt(other)],
        source: 'keepalived.conf(5), old_unicast_checksum',
      },
    ),
  ]
}

const minorOf = ({ distribution }: KnownSystem): string | undefined =>
  /^3\.\d+/.exec(distribution.etcdVersion ?? '')?.[0]

/** Members of different minor releases are acceptable only during an upgrade: a member of an older one cannot join again. */
function checkEtcd(profile: Profile): Diagnostic[] {
  if (etcdPlacementOf(profile) === 'stacked' || profile.etcd?.archive) return []
  const systems = etcdSystems(profile).filter((system) => minorOf(system) !== undefined)
  const [first] = systems
  const other = systems.find((each) => first && minorOf(each) !== minorOf(first))
  if (!first || !other) return []
  return [
    error(
      'etcd/mixed-packages',
      `${first.distribution.title} packages etcd ${first.distribution.etcdVersion}, and ${other.distribution.title} ${other.distribution.etcdVersion}: members need the same minor version`,
      {
        hint: 'set etcd.archive with path and sha256 of a release from https://github.com/etcd-io/etcd/releases, or give all members the same operating system',
        path: other.choice.version?.path ?? other.choice.path,
        related: [chosenAt(first)],
        source: 'https://etcd.io/docs/v3.5/upgrades/upgrade_3_5/',
      },
    ),
  ]
}
