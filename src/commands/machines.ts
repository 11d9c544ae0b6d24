import type { Cluster, Machine } from '../cluster/cluster.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { canonicalMac } from '../network/mac.ts'

/** Finds a machine by its name, with or without the search domain, or by a MAC address. */
export function findMachine(cluster: Cluster, wanted: string): Machine | null {
  const mac = canonicalMac(wanted)
  return (
    cluster.machines.find(
      ({ name, fullName, macs }) =>
        name === wanted || fullName === wanted || (mac !== null && macs.includes(mac)),
    ) ?? null
  )
}

export function unknownMachine(cluster: Cluster, wanted: string): string {
  const mac = canonicalMac(wanted)
  if (mac) return `no machine of ${cluster.name} has a network interface ${mac}`
  const names = cluster.machines.map((machine) => machine.name)
  const near = suggest(wanted, names)
  const listed = names.slice(0, 20).join(', ') + (names.length > 20 ? ' …' : '')
  return `${cluster.name} has no machine ${wanted}: ${near ? `did you mean ${near}?` : `it has ${listed}`}`
}
