import { argumentsFor } from '../assembly/kernel-arguments.ts'
import { type Comparison, declaredTakes, firstBootUnit } from '../assembly/on-change.ts'
import { manifestsOf } from '../components/manifests.ts'
import { judgeDocuments } from './kubeadm-documents.ts'
import type { ChangedItem } from './row.ts'
import type { Side } from './side.ts'
import { files, reboot, type Takes, manual } from './takes.ts'

/* Judgements of changes that depend on the whole machine before and after, and not on one file alone. */

/** @returns null if the document is new or was removed */
const document =
  (command: 'init' | 'join') =>
  (subject: ChangedItem): Takes | null =>
    subject.change === 'changed' ? judgeDocuments(command, subject) : null

const nodesOf = ({ cluster }: Side): string[] =>
  [...cluster.controlPlanes, ...cluster.workers].map(({ name }) => name)

function admission({ before, after }: ChangedItem): Takes | null {
  const olds = nodesOf(before)
  return nodesOf(after).every((name) => olds.includes(name))
    ? null
    : manual(
        'after all machines have joined or the deadline has passed, admit new machines with: hakube secrets admission PROFILE | ' +
          'ssh CONTROL-PLANE sudo hakube-admit',
      )
}

/** A manifest is applied if the cluster's record lacks its name with this checksum. */
function manifests({ change, before, after }: ChangedItem): Takes | null {
  const [olds, news] = [manifestsOf(before.cluster), manifestsOf(after.cluster)]
  const units = change === 'removed' ? [] : [firstBootUnit]
  const gone = olds.filter(({ name }) => news.every((each) => each.name !== name))
  if (gone.length > 0) {
    const names = gone.map(({ name }) => name).join(', ')
    return manual(`what ${names} installed stays in the cluster: delete it with kubectl`, units)
  }
  if (change === 'removed') return files('its effects remain')
  const isOther = olds.some(({ name, sha256 }) =>
    news.some((each) => each.name === name && each.sha256 !== sha256),
  )
  return isOther
    ? manual(
        'the step applies manifests whose checksum has changed, and overwrites manual changes; objects that are no longer in them remain',
        units,
      )
    : files('the step applies manifests that were not applied yet', units)
}

const membersOf = ({ cluster }: Side): string =>
  cluster.etcd.members.map(({ name, address }) => `${name} ${address}`).join('\n')

const etcdMembers = ({ before, after }: ChangedItem): Takes | null =>
  membersOf(before) === membersOf(after)
    ? null
    : manual(
        'etcd reads the list of members only at its first start: add and remove members with etcdctl member',
      )

const argumentsOf = ({ assembly }: Side): string => argumentsFor(assembly.declared, 'installed').join('\n')

/** The kernel step: new modules can be loaded, removed ones stay until the next boot. */
function kernel({ before, after }: ChangedItem): Takes | null {
  if (argumentsOf(before) !== argumentsOf(after)) return reboot('the kernel reads its arguments at boot')
  const modules = new Set(after.assembly.declared.kernelModules.map(({ name }) => name))
  const gone = before.assembly.declared.kernelModules.some(({ name }) => !modules.has(name))
  return gone ? reboot('a loaded module stays until the next boot') : null
}

/** A unit file is removed if the unit is, or if a package contains it. */
function unit({ change, item, before, after }: ChangedItem): Takes | null {
  if (change !== 'removed') return null
  const name = item.path.slice(item.path.lastIndexOf('/') + 1)
  const isThere = ({ assembly }: Side) => assembly.units.some((each) => each.name === name)
  return isThere(before) && !isThere(after) ? null : files('nothing starts it any longer')
}

const comparisons: Readonly<Record<Comparison, (subject: ChangedItem) => Takes | null>> = {
  admission,
  'etcd members': etcdMembers,
  kernel,
  'kubeadm init': document('init'),
  'kubeadm join': document('join'),
  manifests,
  unit,
}

/** The declaration of the component that contributes the file. */
export function declared(subject: ChangedItem): Takes | null {
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
