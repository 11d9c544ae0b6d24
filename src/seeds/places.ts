import type { Cluster, Machine } from '../cluster/cluster.ts'

/** Where the seed of a machine lies below the site's top: under its first interface, whichever interface it booted from. */
export const seedPath = (machine: Machine): string => `seed/${machine.macs[0]}`

/** Where cloud-init finds it. With a slash at its end: versions up to 22.4 put file names directly behind it. */
export const seedAddress = (cluster: Cluster, machine: Machine): string =>
  `${cluster.server}/${seedPath(machine)}/`

/**
 * The kernel argument that tells cloud-init so. `nocloud-net` is what every version knows: before 23.2 cloud-init ignores a seed by HTTP
 * under the name `nocloud` (commit f146fe717). From 24.1 it is deprecated, to go in 29.1.
 */
export const seedArgument = (cluster: Cluster, machine: Machine): { name: string; value: string } => ({
  name: 'ds',
  value: `nocloud-net;s=${seedAddress(cluster, machine)}`,
})
