import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { Assembly, Owned } from './assemble.ts'
import type { File } from './component.ts'
import { declaredTakes, readAgain, type Takes } from './on-change.ts'

/*
 * The inventory records what a machine consists of. `hakube-apply` compares it with what the machine is given next, and so knows which
 * files hakube no longer manages and what their removal requires.
 */

export const inventoryPath = '/etc/hakube/inventory'

/** A row of a tab-separated list that bash reads. Empty columns become `-`, and control characters become spaces. */
export const tsv = (...columns: readonly string[]): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  `${columns.map((column) => column.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ') || '-').join('\t')}\n`

/** The columns of a row that describe a `Takes`: level, units, steps, whether manual action is needed, and the reason. */
export const takesColumns = ({ level, units, steps = [], byHand, keepsFile, reason }: Takes): string[] => [
  level,
  units.join(' '),
  steps.join(' '),
  keepsFile ? 'keep' : byHand ? 'hand' : '',
  reason,
]

/** The properties that only a reinstallation can change, in the words of the profile. */
export const identityOf = (cluster: Cluster, { role, system }: Machine): [word: string, value: string][] => [
  ['cluster', cluster.name],
  ['role', role],
  ['distribution', system.distribution.title],
  ['install', system.install.name],
]

/** Directories that hakube owns alone: files that it no longer renders there are removed. */
const ownedWhole = /^\/usr\/libexec\/hakube\/(?:steps|checks)\//

/**
 * The file `/etc/hakube/inventory`.
 *
 * @param files all other files of the machine
 */
export function inventory(cluster: Cluster, assembly: Assembly, files: readonly Owned<File>[]): Owned<File> {
  const rows = [
    ...identityOf(cluster, assembly.machine).map(([word, value]) => tsv(word, value)),
    ...assembly.units.map(({ name, component }) => tsv('unit', name, component)),
    ...files
      .filter(({ path }) => !ownedWhole.test(path))
      .map(({ path, onChange }) => {
        const takes = declaredTakes(onChange, 'removed', { old: '', now: null })
        return tsv('file', path, ...takesColumns(takes))
      }),
  ]
  return {
    path: inventoryPath,
    mode: '0644',
    content: `# What hakube made this machine as, for hakube-apply.\n${rows.join('')}`,
    onChange: readAgain(),
    component: 'first-boot',
  }
}
