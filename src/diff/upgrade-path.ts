import { kubernetesReleases, parseKubernetesVersion } from '../distributions/kubernetes.ts'
import { compareVersions } from '../text/versions.ts'
import { type Takes, manual } from './takes.ts'

/* Upgrades from one version of Kubernetes to another, as kubeadm supports them. */

/**
 * `patch` and `minor`: kubeadm supports it. `skips`: only one minor release at a time, through these versions. `back`: to an older
 * version.
 */
export type UpgradePath =
  | { kind: 'patch' }
  | { kind: 'minor' }
  | { kind: 'skips'; through: readonly string[] }
  | { kind: 'back' }

const minorNumber = (minor: string): number => Number(minor.split('.')[1])

/** The newest version of a minor release that hakube knows, or `1.40.x`. */
function newestOf(minor: string): string {
  const release = kubernetesReleases.find((each) => each.minor === minor)
  return `${minor}.${release ? release.lastPatch : 'x'}`
}

/**
 * EnforceVersionPolicies in cmd/kubeadm/app/phases/upgrade/policy.go allows at most one minor release up. It also allows one down, but
 * then the kubelets would be newer than the API servers (https://kubernetes.io/releases/version-skew-policy/).
 *
 * @param from e.g. `1.36.4`
 */
export function upgradePath(from: string, to: string): UpgradePath {
  const [before, after] = [parseKubernetesVersion(from), parseKubernetesVersion(to)]
  if (!before || !after) throw new Error(`not versions of Kubernetes: ${from}, ${to}`)
  if (compareVersions(to, from) < 0) return { kind: 'back' }
  const [first, last] = [minorNumber(before.minor), minorNumber(after.minor)]
  if (first === last) return { kind: 'patch' }
  if (first + 1 === last) return { kind: 'minor' }
  const between = Array.from({ length: last - first - 1 }, (_, index) => newestOf(`1.${first + 1 + index}`))
  return { kind: 'skips', through: between }
}

/** Why kubeadm does not support an upgrade, and what to do instead; null if it does. */
export function refusalOf(path: UpgradePath, from: string, to: string): string | null {
  switch (path.kind) {
    case 'patch':
    case 'minor':
      return null
    case 'skips':
      return (
        `Kubernetes ${from} → ${to}: kubeadm upgrades one minor release at a time. Commit ${path.through.join(', then ')} ` +
        `and finally ${to}, and upgrade the cluster after each commit`
      )
    case 'back':
      return (
        `Kubernetes ${from} → ${to}: a cluster cannot be downgraded. Keep ${from} or a later version in the profile; ` +
        'to return to an earlier state, restore a snapshot of etcd in a reinstalled cluster'
      )
    default:
      return path satisfies never
  }
}

/** What another version requires on a node: its files, and then an upgrade by an operator. */
export function newVersion(before: string, after: string): Takes {
  const [from, to] = [before.replace(/^v/, ''), after.replace(/^v/, '')]
  return manual(
    refusalOf(upgradePath(from, to), from, to) ??
      `Kubernetes ${from} → ${to}: no step upgrades a member; use kubeadm upgrade, in the order and with the commands below`,
  )
}
