import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { etcdPlacementOf } from '../placements.ts'
import { roles } from '../schema.ts'
import type { Profile, Role } from '../schema.ts'
import { checkHardware } from './hardware.ts'
import type { Rule } from './rule.ts'

/** Whether the number of machines of each role makes a working cluster. */
export const machineRules: Rule = ({ profile }) => [
  ...checkControlPlanes(profile),
  ...checkWorkers(profile),
  ...checkRoleSettings(profile),
  ...checkHardware(profile),
]

const count = ({ machines }: Profile, role: Role): number =>
  machines.reduce((number, machine) => number + (machine.role === role ? 1 : 0), 0)

function checkControlPlanes(profile: Profile): Diagnostic[] {
  const number = count(profile, 'control-plane')
  const path = ['machines']
  const onKey = true
  const source = 'https://etcd.io/docs/latest/faq/#why-an-odd-number-of-cluster-members'
  if (number === 0) {
    return [
      error('machines/no-control-plane', 'there is no control plane', {
        hint: 'give one, three or five machines role: control-plane',
        path,
        onKey,
      }),
    ]
  }
  // With dedicated etcd machines, any number of API servers is fine.
  if (etcdPlacementOf(profile) === 'dedicated') return []
  if (number % 2 === 0) {
    return [
      error(
        'machines/even-control-planes',
        `${number} control planes tolerate no more failures than ${number - 1} would`,
        {
          hint: `use ${number - 1} or ${number + 1}: each is an etcd member, and etcd needs a majority`,
          path,
          onKey,
          source,
        },
      ),
    ]
  }
  if (number <= 7) return []
  return [
    warning('machines/many-control-planes', `${number} control planes make etcd slow`, {
      hint: 'five are enough: every write waits for a majority',
      path,
      onKey,
      source: 'https://etcd.io/docs/latest/faq/#what-is-maximum-cluster-size',
    }),
  ]
}

function checkWorkers(profile: Profile): Diagnostic[] {
  if (count(profile, 'worker') > 0) return []
  if (profile.loadBalancing?.ingress) {
    return [
      error(
        'machines/ingress-without-workers',
        'the ingress forwards traffic to workers, but there are none',
        {
          hint: 'give a machine role: worker, or remove ingress',
          path: ['loadBalancing', 'ingress'],
          onKey: true,
        },
      ),
    ]
  }
  // Control planes without their taint accept all pods.
  const settings = [profile, profile.roles?.['control-plane'], ...profile.machines]
  if (settings.some((each) => each?.taints?.length === 0)) return []
  return [
    warning('machines/no-workers', 'there are no workers to run pods', {
      hint: 'give a machine role: worker, or allow ordinary pods on control planes with roles.control-plane.taints: []',
      path: ['machines'],
      onKey: true,
      source:
        'https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane-taint',
    }),
  ]
}

function checkRoleSettings(profile: Profile): Diagnostic[] {
  return roles.flatMap((role) =>
    profile.roles?.[role] && count(profile, role) === 0
      ? [
          warning('roles/unused', `no machine has the role ${role}, so its settings have no effect`, {
            hint: 'remove them, or give a machine this role',
            path: ['roles', role],
            onKey: true,
          }),
        ]
      : [],
  )
}
