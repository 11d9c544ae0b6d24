import { compareText } from '../text/order.ts'
import { createTwoFilesPatch } from 'diff'
import { bootScripts } from '../boot/index.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type FactChange, membership } from './facts.ts'
import { factChanges, judge } from './impact.ts'
import { type Mask, maskFor, type Secrecy, secretValues } from './mask.ts'
import type { ItemChange } from './row.ts'
import { type Item, itemsOf, type Side, sideOf } from './side.ts'
import { type Level, type Takes, together } from './takes.ts'
import { type Upgrade, upgradeOf } from './upgrade.ts'

export type FileChange = {
  /** On the machine, or in the site. */
  where: Item['where']
  path: string
  change: ItemChange
  takes: Takes
  /** Unified diff without secrets; null unless requested. */
  diff: string | null
}

export type MachineDifference = {
  machine: string
  /** `added` and `removed` are machines that only one of the revisions has. */
  kind: 'added' | 'removed' | 'changed'
  takes: { level: Level; units: readonly string[]; steps?: readonly string[] }
  facts: readonly FactChange[]
  files: readonly FileChange[]
}

export type Difference = {
  machines: MachineDifference[]
  /** Files of the site that belong to no machine. They require nothing. */
  shared: { path: string; diff: string | null }[]
  /** How the cluster gets to another version of Kubernetes; null if the version stays. */
  upgrade: Upgrade | null
}

export type CompareOptions = {
  /** Also make unified diffs. */
  full: boolean
  stop?: AbortSignal
}

/** Compares the rendered output of two revisions of a profile, one machine after the other. */
export function compareClusters(before: Cluster, after: Cluster, { full, stop }: CompareOptions): Difference {
  const mask = full ? maskFor([...secretValues(before), ...secretValues(after)]) : null
  const now = new Map(after.machines.map((machine) => [machine.name, machine]))
  const old = new Set(before.machines.map(({ name }) => name))
  const machines: MachineDifference[] = []
  for (const machine of before.machines) {
    stop?.throwIfAborted()
    const successor = now.get(machine.name)
    if (!successor) machines.push(removed(sideOf(before, machine)))
    else {
      const difference = compareMachine(sideOf(before, machine), sideOf(after, successor), mask)
      if (difference) machines.push(difference)
    }
  }
  for (const machine of after.machines)
    if (!old.has(machine.name)) machines.push(added(sideOf(after, machine)))
  return { machines, shared: compareShared(before, after, mask), upgrade: upgradeOf(before, after) }
}

const removed = (side: Side): MachineDifference => ({
  machine: side.machine.name,
  kind: 'removed',
  takes: { level: 'nothing', units: [] },
  facts: membership(side),
  files: [],
})

/** All its files are new, so they are not listed. */
const added = ({ machine }: Side): MachineDifference => ({
  machine: machine.name,
  kind: 'added',
  takes: { level: 'reinstall', units: [] },
  facts: [],
  files: [],
})

function compareShared(before: Cluster, after: Cluster, mask: Mask | null): Difference['shared'] {
  const olds = new Map(bootScripts(before).map(({ path, body }) => [path, body.toString('utf8')]))
  return bootScripts(after).flatMap(({ path, body }) => {
    const [old, now] = [olds.get(path) ?? '', body.toString('utf8')]
    if (old === now) return []
    const names = [
      { name: path, text: old },
      { name: path, text: now },
    ] as const
    return [{ path, diff: mask && unifiedDiff(...names, mask, 'known') }]
  })
}

/**
 * Compares a machine that both revisions have.
 *
 * @returns null when nothing has changed
 */
export function compareMachine(before: Side, after: Side, mask: Mask | null): MachineDifference | null {
  const olds = itemsOf(before)
  const news = itemsOf(after)
  const files: FileChange[] = []
  const add = (change: ItemChange, item: Item, old: Item | null, now: Item | null) => {
    const takes = judge({ change, item, old, before, after })
    const diff = mask && change !== 'moved' ? diffOf(old, now, mask) : null
    files.push({ where: item.where, path: item.path, change, takes, diff })
  }
  for (const [key, old] of olds) {
    const now = news.get(key)
    if (!now) add('removed', old, old, null)
    else if (now.text !== old.text || now.rights !== old.rights) add('changed', now, old, now)
    else if (now.path !== old.path) add('moved', now, old, now)
  }
  for (const [key, now] of news) if (!olds.has(key)) add('created', now, null, now)
  const facts = factChanges(before, after)
  if (files.length === 0 && facts.length === 0) return null
  files.sort((one, other) => compareText(one.where, other.where) || compareText(one.path, other.path))
  const takes = together([...files, ...facts].map((each) => each.takes))
  return { machine: after.machine.name, kind: 'changed', takes, facts, files }
}

/** The form of a user-defined secret is unknown. */
function secrecyOf(item: Item): Secrecy {
  if (!item.secret) return 'known'
  return item.isOwn ? 'all' : 'shapes'
}

function diffOf(old: Item | null, now: Item | null, mask: Mask): string {
  const secrecies = new Set([old, now].map((each) => (each ? secrecyOf(each) : 'known')))
  const secrecy = secrecies.has('all') ? 'all' : secrecies.has('shapes') ? 'shapes' : 'known'
  const diff = unifiedDiff(
    old && { name: old.path, text: old.text },
    now && { name: now.path, text: now.text },
    mask,
    secrecy,
  )
  if (!old || !now || old.rights === now.rights) return diff
  return `old mode ${old.rights}\nnew mode ${now.rights}\n${old.text === now.text ? '' : diff}`
}

type Version = { name: string; text: string } | null

/** Maximum number of lines that may differ: nobody reads more, and the time to find them grows with the square of their number. */
const mostEdits = 4000

function unifiedDiff(old: Version, now: Version, mask: Mask, secrecy: Secrecy): string {
  const { before, after } = mask(old?.text ?? null, now?.text ?? null, secrecy)
  const patch = createTwoFilesPatch(
    old ? `a/${old.name.replace(/^\//, '')}` : '/dev/null',
    now ? `b/${now.name.replace(/^\//, '')}` : '/dev/null',
    before,
    after,
    undefined,
    undefined,
    { context: 3, maxEditLength: mostEdits },
  )
  // Without the line of equal signs above it, which is Subversion's.
  if (patch !== undefined) return patch.replace(/^=+\n/, '')
  return `${old?.name ?? now?.name}: more than ${mostEdits} lines differ\n`
}
