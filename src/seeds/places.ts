import type { Cluster, Machine } from '../cluster/cluster.ts'

/** Where the seed of a machine lies below the site's top: under its first card, whichever card it booted from. */
export const seedPath = (machine: Machine): string => `seed/${machine.macs[0]}`

/** Where cloud-init finds it. With a slash at its end: versions up to 22.4 put file names directly behind it. */
export const seedAddress = (cluster: Cluster, machine: Machine): string =>
  `${cluster.server}/${seedPath(machine)}/`

export const kickstartPath = (machine: Machine): string => `kickstart/${machine.macs[0]}.ks`

export const preseedPath = (machine: Machine): string => `preseed/${machine.macs[0]}.cfg`

/** The installer's answers, where they are a file of their own beside the seed. */
export function answersPath({ install }: Cluster, machine: Machine): string | null {
  if (install === 'kickstart') return kickstartPath(machine)
  return install === 'preseed' ? preseedPath(machine) : null
}
