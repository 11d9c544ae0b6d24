import type { Item, Side } from './side.ts'
import type { Takes } from './takes.ts'

export type ItemChange = 'created' | 'removed' | 'changed' | 'moved'

/** A change of one item on a machine that both revisions have. */
export type ChangedItem = { change: ItemChange; item: Item; old: Item | null; before: Side; after: Side }

/** A row of the table. `judge` returns null if the row does not apply. */
export type Row = { name: string; judge: (subject: ChangedItem) => Takes | null }

export type Pattern = { where: Item['where']; path: RegExp }

/** A row for the paths that match a pattern. */
export const row = (name: string, { where, path }: Pattern, judge: Row['judge']): Row => ({
  name,
  judge: (subject) => (subject.item.where === where && path.test(subject.item.key) ? judge(subject) : null),
})

export const onSite = (path: RegExp): Pattern => ({ where: 'site', path })
export const onMachine = (path: RegExp): Pattern => ({ where: 'machine', path })

/** The script of a step, whatever its number. */
export const step = (name: string): Pattern => onMachine(new RegExp(`^/usr/libexec/hakube/steps/${name}$`))

/** The units of a component on the machine. */
export const unitsOf = ({ assembly }: Side, component: string | null): string[] =>
  assembly.units.filter((unit) => unit.component === component).map(({ name }) => name)

/** The text of an item without the address of hakube's server. */
export const withoutServer = (item: Item | null, { cluster }: Side): string =>
  (item?.text ?? '').replaceAll(cluster.server, '')
