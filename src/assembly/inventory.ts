import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { Assembly, Owned } from './assemble.ts'
import type { File } from './component.ts'
import { declaredTakes, readAgain, type Takes } from './on-change.ts'

/*
 * What a machine was made as: a file that hakube-apply compares with what it is given. From it, the machine knows which of its
 * files are no longer hakube's, and what it takes that they go.
 */

export const inventoryPath = '/etc/hakube/inventory'

/** A row of a list that bash reads: no column is empty, and none holds what ends a column or a row. */
export const tsv = (...columns: readonly string[]): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  `${columns.map((column) => column.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ') || '-').join('\t')}\n`

/** What bash reads of it: level, units, steps, whether a person has to know, and why. */
export const takesColumns = ({ level, units, steps = [], byHand, keepsFile, reason }: Takes): string[] => [
  level,
  units.join(' '),
  steps.join(' '),
  keepsFile ? 'keep' : byHand ? 'hand' : '',
  reason,
]

/** What a machine cannot change without being installed again, in the words of its profile. */
export const identityOf = (cluster: Cluster, { role, system }: Machine): [word: string, value: string][] => [
  ['cluster', cluster.name],
  ['role', role],
  ['distribution', system.distribution.title],
  ['install', system.install.name],
]

/** hakube's alone: what is there and not given any more, goes. */
const ownedWhole = /^\/usr\/libexec\/hakube\/(?:steps|checks)\//

/** @param files all others of the machine */
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
