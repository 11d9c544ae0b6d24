import { argumentsFor } from '../assembly/kernel-arguments.ts'
import { type Comparison, declaredTakes, firstBootUnit } from '../assembly/on-change.ts'
import { manifestsOf } from '../components/manifests.ts'
import { judgeDocuments } from './kubeadm-documents.ts'
import type { Subject } from './row.ts'
import type { Side } from './side.ts'
import { files, reboot, type Takes, told } from './takes.ts'

/* What a change takes where a file alone does not show it: judgements that look at the whole machine before and after. */

/** @returns null where the document is all new or all gone */
const document =
  (command: 'init' | 'join') =>
  (subject: Subject): Takes | null =>
    subject.change === 'changed' ? judgeDocuments(command, subject) : null

const nodesOf = ({ cluster }: Side): string[] =>
  [...cluster.controlPlanes, ...cluster.workers].map(({ name }) => name)

function admission({ before, after }: Subject): Takes | null {
  const olds = nodesOf(before)
  return nodesOf(after).every((name) => olds.includes(name))
    ? null
    : told(
        'where all have joined, or the time is over, new machines are let in by: hakube secrets admission PROFILE | ' +
          'ssh CONTROL-PLANE sudo hakube-admit',
      )
}

/** A manifest is applied when the cluster's record has no such name with this checksum. */
function manifests({ change, before, after }: Subject): Takes | null {
  const [olds, news] = [manifestsOf(before.cluster), manifestsOf(after.cluster)]
  const units = change === 'removed' ? [] : [firstBootUnit]
  const gone = olds.filter(({ name }) => news.every((each) => each.name !== name))
  if (gone.length > 0) {
    const names = gone.map(({ name }) => name).join(', ')
    return told(`what ${names} brought stays in the cluster: delete it with kubectl`, units)
  }
  if (change === 'removed') return files('what it did stays as it is')
  const isOther = olds.some(({ name, sha256 }) =>
    news.some((each) => each.name === name && each.sha256 !== sha256),
  )
  return isOther
    ? told(
        'the step applies what has another checksum, also over what people have changed; objects that are no longer in it stay',
        units,
      )
    : files('the step applies what was not applied yet', units)
}

const membersOf = ({ cluster }: Side): string =>
  cluster.etcd.members.map(({ name, address }) => `${name} ${address}`).join('\n')

const etcdMembers = ({ before, after }: Subject): Takes | null =>
  membersOf(before) === membersOf(after)
    ? null
    : told('etcd knows its members from its first start: add and remove some with etcdctl member')

const argumentsOf = ({ assembly }: Side): string => argumentsFor(assembly.declared, 'installed').join('\n')

/** The step of the kernel: what is new can be loaded, what is gone stays until the next boot. */
function kernel({ before, after }: Subject): Takes | null {
  if (argumentsOf(before) !== argumentsOf(after))
    return reboot('the kernel reads its arguments when it starts')
  const modules = new Set(after.assembly.declared.kernelModules.map(({ name }) => name))
  const gone = before.assembly.declared.kernelModules.some(({ name }) => !modules.has(name))
  return gone ? reboot('a module that is loaded stays until the next boot') : null
}

/** The file of a unit goes when the unit goes, or when its package brings one. */
function unit({ change, item, before, after }: Subject): Takes | null {
  if (change !== 'removed') return null
  const name = item.path.slice(item.path.lastIndexOf('/') + 1)
  const isThere = ({ assembly }: Side) => assembly.units.some((each) => each.name === name)
  return isThere(before) && !isThere(after) ? null : files('nothing starts it any more')
}

const comparisons: Readonly<Record<Comparison, (subject: Subject) => Takes | null>> = {
  admission,
  'etcd members': etcdMembers,
  kernel,
  'kubeadm init': document('init'),
  'kubeadm join': document('join'),
  manifests,
  unit,
}

/** What the component of a file says. */
export function declared(subject: Subject): Takes | null {
  const { change, item, old } = subject
  const { onChange } = item
  if (!onChange || change === 'moved') return null
  const compared =
    'otherwise' in onChange && onChange.comparison ? comparisons[onChange.comparison](subject) : null
  return (
    compared ??
    declaredTakes(onChange, change, {
      old: old?.text ?? null,
      now: change === 'removed' ? null : item.text,
    })
  )
}
