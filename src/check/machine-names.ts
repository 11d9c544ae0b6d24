import type { Machine } from '../cluster/cluster.ts'

/** Lists up to three names: in a large rack, hundreds of machines have the same mistake. */
export function machineNames(machines: readonly Machine[]): string {
  const names = machines.slice(0, 3).map((machine) => machine.name)
  const more = machines.length - names.length
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
