import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Rule } from './rule.ts'

const oddMembers = 'https://etcd.io/docs/latest/faq/#why-an-odd-number-of-cluster-members'

/** Where etcd runs. */
export const etcdRules: Rule = ({ profile }) => {
  const members = profile.machines.flatMap(({ role }, index) => (role === 'etcd' ? [index] : []))
  const placement = profile.etcd?.placement ?? (members.length > 0 ? 'dedicated' : 'stacked')
  const path = ['etcd', 'placement']
  const diagnostics: Diagnostic[] = []
  if (placement === 'dedicated' && members.length === 0) {
    diagnostics.push(
      error('etcd/no-members', 'etcd is to run on machines of its own, and no machine has the role etcd', {
        hint: 'give three machines role: etcd, or write placement: stacked',
        path,
      }),
    )
  }
  if (placement !== 'dedicated' && members.length > 0) {
    diagnostics.push(
      error(
        'etcd/idle-members',
        `etcd runs on the control planes, so the machines of role etcd have no work`,
        {
          hint: 'write placement: dedicated, or give the machines another role',
          path,
        },
      ),
    )
  }
  if (members.length > 0 && members.length % 2 === 0) {
    const message = `${members.length} members of etcd survive no more failures than ${members.length - 1} would`
    const hint = `make it ${members.length - 1} or ${members.length + 1} machines of role etcd`
    diagnostics.push(
      error('etcd/even-members', message, { hint, path: ['machines'], onKey: true, source: oddMembers }),
    )
  }
  if (placement !== 'stacked' && diagnostics.length === 0) {
    const first = members[0]
    diagnostics.push(
      error('etcd/external', 'hakube can not set up etcd outside of kubeadm yet', {
        hint: 'write etcd.placement: stacked, and give machines of role etcd another role',
        path: first === undefined || profile.etcd?.placement ? path : ['machines', first, 'role'],
      }),
    )
  }
  return diagnostics
}
