import { compareVersions } from '../text/versions.ts'
import { parseKubernetesVersion, stackedEtcd } from '../distributions/kubernetes.ts'
import { etcdPlacementOf } from './placements.ts'
import type { Profile } from './schema.ts'
import { knownSystems, type KnownSystem } from './systems.ts'

/** The version in the file name of an etcd release, e.g. `etcd-v3.6.1-linux-amd64.tar.gz`; null for other names. */
export const versionOfArchive = (path: string): string | null =>
  /(?:^|[/-])v(3\.\d+\.\d+)-/.exec(path)?.[1] ?? null

/** Systems of the machines that run etcd as a service; all systems if the profile does not determine them. */
export function etcdSystems(profile: Profile): KnownSystem[] {
  const role = etcdPlacementOf(profile) === 'dedicated' ? 'etcd' : 'control-plane'
  const found = knownSystems(profile, (machine) => machine.role === role)
  return found.length > 0 ? found : knownSystems(profile)
}

/** The oldest version among the distributions' packages; null if one of them has none. */
function oldestPackage(profile: Profile): string | null {
  const versions = etcdSystems(profile).map(({ distribution }) => distribution.etcdVersion)
  const known = versions.flatMap((version) => version ?? []).toSorted(compareVersions)
  return known.length === versions.length ? (known[0] ?? null) : null
}

/** Major and minor version of etcd, e.g. `3.6`; null if unknown. */
export function etcdReleaseOf(profile: Profile): string | null {
  const { etcd, kubernetes } = profile
  if (etcdPlacementOf(profile) === 'stacked') {
    const minor = parseKubernetesVersion(kubernetes.version)?.minor
    return minor === undefined ? null : stackedEtcd(minor)
  }
  const version =
    etcd?.version ?? (etcd?.archive ? versionOfArchive(etcd.archive.path) : oldestPackage(profile))
  return /^3\.\d+(?=\.)/.exec(version ?? '')?.[0] ?? null
}
