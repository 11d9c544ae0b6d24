import type { Cluster, Machine } from '../cluster/cluster.ts'

/** The path of a machine's seed within the site: under the MAC address of its first interface, whichever one it booted from. */
export const seedPath = (machine: Machine): string => `seed/${machine.macs[0]}`

/** The address at which cloud-init finds the seed. It ends with a slash, because versions up to 22.4 append file names directly. */
export const seedAddress = (cluster: Cluster, machine: Machine): string =>
  `${cluster.server}/${seedPath(machine)}/`

/**
 * The kernel argument with that address. All versions know `nocloud-net`: before 23.2 cloud-init ignores an HTTP seed under the name
 * `nocloud` (commit f146fe717). It is deprecated from 24.1 on and scheduled for removal in 29.1.
 */
export const seedArgument = (cluster: Cluster, machine: Machine): { name: string; value: string } => ({
  name: 'ds',
  value: `nocloud-net;s=${seedAddress(cluster, machine)}`,
})
