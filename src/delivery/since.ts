import { assemble } from '../assembly/assemble.ts'
import { machineFiles } from '../assembly/first-boot.ts'
import type { Takes } from '../assembly/on-change.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { components } from '../components/index.ts'
import { compareMachine } from '../diff/compare.ts'
import { textOf } from '../templates/template.ts'
import { delivered, type DeliveredFile, type Delivery, sha256 } from './manifest.ts'

/**
 * The delivery for a machine that has everything of an earlier revision: the files that differ, with what `hakube diff` reports for each.
 * That is more precise than what a machine can derive from two texts.
 */
export function deliverySince(
  revision: string,
  before: { cluster: Cluster; machine: Machine },
  after: { cluster: Cluster; machine: Machine },
): Delivery {
  const sides = [before, after].map(({ cluster, machine }) => ({
    cluster,
    machine,
    assembly: assemble(components, cluster, machine),
  }))
  const [old, now] = sides
  if (!old || !now) throw new Error('two sides are compared')
  const olds = new Map(machineFiles(old.cluster, old.assembly).map((file) => [file.path, file]))
  const news = machineFiles(now.cluster, now.assembly)
  const difference = compareMachine(old, now, null)
  const takesOf = new Map<string, Takes>(
    (difference?.files ?? []).flatMap(({ where, path, takes }) =>
      where === 'machine' ? [[path, takes] as const] : [],
    ),
  )
  const files: DeliveredFile[] = []
  for (const file of news) {
    const earlier = olds.get(file.path)
    const isSame =
      earlier !== undefined &&
      textOf(earlier.content) === textOf(file.content) &&
      earlier.mode === file.mode &&
      earlier.owner === file.owner
    if (isSame) continue
    const was = earlier ? sha256(Buffer.from(textOf(earlier.content))) : '-'
    files.push({
      ...delivered(file, was),
      onChange: takesOf.get(file.path) ?? file.onChange,
    })
  }
  const kept = new Set(news.map(({ path }) => path))
  const gone = [...olds.values()]
    .filter(({ path }) => !kept.has(path))
    .map(({ path }) => ({ path, takes: takesOf.get(path) ?? goes }))
  const others = [
    ...(difference?.facts ?? []).map(({ takes }) => takes),
    // Files of the site that are not on the machine: answers of the installer, the network configuration.
    ...(difference?.files ?? []).flatMap(({ where, takes }) => (where === 'site' ? [takes] : [])),
  ]
  const facts = others.filter(({ level, byHand }) => level === 'reboot' || level === 'reinstall' || byHand)
  return {
    cluster: after.cluster,
    machine: after.machine,
    units: now.assembly.units,
    files,
    since: { revision, gone, facts },
  }
}

/** A script of which only the number in its name has changed. */
const goes: Takes = { level: 'files', units: [], reason: 'only its number has changed' }
