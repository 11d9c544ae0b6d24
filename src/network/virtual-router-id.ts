import { createHash } from 'node:crypto'

/** keepalived's examples have it, so every second network has it already (openshift/installer#2966, kubeasz#126). */
const everyonesChoice = 51

/** A VRRP virtual router id, 1 to 255 without 51, that is always the same for a cluster name. */
export function deriveVirtualRouterId(clusterName: string): number {
  const hash = BigInt(`0x${createHash('sha256').update(clusterName).digest('hex')}`)
  const id = Number(hash % 254n) + 1
  return id >= everyonesChoice ? id + 1 : id
}
