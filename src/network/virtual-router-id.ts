import { createHash } from 'node:crypto'

/** The ID in keepalived's examples, and therefore already in use in many networks (openshift/installer#2966, kubeasz#126). */
const everyonesChoice = 51

/** Derives a VRRP virtual router ID from the cluster name: 1 to 255, except 51, and always the same for a name. */
export function deriveVirtualRouterId(clusterName: string): number {
  const hash = BigInt(`0x${createHash('sha256').update(clusterName).digest('hex')}`)
  const id = Number(hash % 254n) + 1
  return id >= everyonesChoice ? id + 1 : id
}
