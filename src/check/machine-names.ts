import type { Machine } from '../cluster/cluster.ts'

/** Up to three by name: in a large rack the same mistake is on hundreds. */
export function machineNames(machines: readonly Machine[]): string {
  const names = machines.slice(0, 3).map((machine) => machine.name)
  const more = machines.length - names.length
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
