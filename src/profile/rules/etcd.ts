import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { oldestEtcd, parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { compareVersions } from '../../text/versions.ts'
import { etcdPlacementOf } from '../placements.ts'
import type { EtcdPlacement, Profile } from '../schema.ts'
import { etcdSystems } from '../etcd-release.ts'
import type { KnownSystem } from '../systems.ts'
import { onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'

const oddMembers = 'https://etcd.io/docs/latest/faq/#why-an-odd-number-of-cluster-members'

/** Where etcd runs, and its version. */
export const etcdRules: Rule = ({ profile }) => {
  const members = profile.machines.filter(({ role }) => role === 'etcd').length
  const placement = etcdPlacementOf(profile)
  const diagnostics = [
    ...checkPlacement(placement, members),
    ...checkVersion(profile),
    ...checkClients(profile),
  ]
  if (placement === 'stacked') diagnostics.push(...checkUnused(profile))
  else if (!profile.etcd?.archive)
    diagnostics.push(...onEach(profile, etcdSystems(profile), (system) => checkPackage(profile, system)))
  return diagnostics
}

function checkPlacement(placement: EtcdPlacement, members: number): Diagnostic[] {
  const path = ['etcd', 'placement']
  const diagnostics: Diagnostic[] = []
  if (placement === 'dedicated' && members === 0) {
    diagnostics.push(
      error('etcd/no-members', 'etcd.placement is dedicated, but no machine has the role etcd', {
        hint: 'give three machines role: etcd, or write placement: stacked',
        path,
      }),
    )
  }
  if (placement !== 'dedicated' && members > 0) {
    diagnostics.push(
      error(
        'etcd/idle-members',
        `etcd runs on the control planes, so machines of role etcd have nothing to run`,
        {
          hint: 'write placement: dedicated, or give the machines another role',
          path,
        },
      ),
    )
  }
  if (members > 0 && members % 2 === 0) {
    const message = `${members} etcd members tolerate no more failures than ${members - 1} would`
    const hint = `use ${members - 1} or ${members + 1} machines of role etcd`
    diagnostics.push(
      error('etcd/even-members', message, { hint, path: ['machines'], onKey: true, source: oddMembers }),
    )
  }
  return diagnostics
}

/** Roles that have the cluster's keys anyway. */
const trusted: ReadonlySet<string> = new Set(['control-plane', 'etcd'])

/** etcd does not distinguish clients here: a certificate of its CA gives full access (etcd.io/docs, "Role-based access control"). */
function checkClients({ etcd, networkPlugin }: Profile): Diagnostic[] {
  // flanneld, which the profile selects, has no data without it.
  const needed = networkPlugin?.name === 'flannel-service' ? 'worker' : null
  return (etcd?.clients ?? []).flatMap((role, index) =>
    trusted.has(role) || role === needed
      ? []
      : [
          warning(
            'etcd/clients-have-all',
            `each machine of role ${role} receives a key that can read and write all of etcd, and thus controls the whole cluster`,
            {
              hint: `remove ${role}, unless its network plugin stores data in etcd; then protect these machines and their seeds like control planes`,
              path: ['etcd', 'clients', index],
            },
          ),
        ],
  )
}

function checkUnused({ etcd }: Profile): Diagnostic[] {
  return (['version', 'archive'] as const)
    .filter((key) => etcd?.[key] !== undefined)
    .map((key) =>
      warning('etcd/unused', `kubeadm runs etcd, so ${key} has no effect`, {
        hint: `remove ${key}, or write placement: control-plane or dedicated`,
        path: ['etcd', key],
        onKey: true,
      }),
    )
}

function checkVersion({ etcd }: Profile): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  if (etcd?.version !== undefined && !/^3\.\d+\.\d+$/.test(etcd.version)) {
    diagnostics.push(
      error('etcd/version', `${JSON.stringify(etcd.version)} is not an etcd version`, {
        hint: 'write all three numbers, without a v, in quotes, e.g. "3.5.24"',
        path: ['etcd', 'version'],
      }),
    )
  }
  return diagnostics
}

/** kubeadm rejects an etcd that is too old, and some distributions have none. */
function checkPackage({ kubernetes, etcd }: Profile, { choice, distribution }: KnownSystem): Diagnostic[] {
  const parsed = parseKubernetesVersion(kubernetes.version)
  if (!parsed) return []
  const path: Path =
    etcd?.placement === undefined ? (choice.version?.path ?? choice.path) : ['etcd', 'placement']
  const hint =
    'set etcd.archive with path and sha256 of a release from https://github.com/etcd-io/etcd/releases'
  if (distribution.etcdVersion === null)
    return [error('etcd/no-package', `${distribution.title} does not package etcd`, { hint, path })]
  const oldest = oldestEtcd(parsed.minor, parsed.patch)
  if (compareVersions(distribution.etcdVersion, oldest) >= 0) return []
  return [
    error(
      'etcd/too-old',
      `${distribution.title} packages etcd ${distribution.etcdVersion}, but Kubernetes ${kubernetes.version} needs ${oldest}`,
      {
        hint,
        path,
        source: 'https://github.com/kubernetes/kubernetes/blob/master/cmd/kubeadm/app/constants/constants.go',
      },
    ),
  ]
}
