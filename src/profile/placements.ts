import { defaultOf } from './defaults.ts'
import type { EtcdPlacement } from './schema-etcd.ts'
import type { LoadBalancingPlacement } from './schema-load-balancing.ts'
import type { Role } from './schema-parts.ts'

/* Where things run when the profile does not say: on the machines that are there for it. */

type Machines = readonly { role: Role }[]

/** Where etcd runs: as the profile says, or else on the machines that are there for it. */
export const etcdPlacementOf = ({
  etcd,
  machines,
}: {
  etcd?: { placement?: EtcdPlacement | undefined } | undefined
  machines: Machines
}): EtcdPlacement => etcd?.placement ?? defaultOf.etcdPlacement.of(machines).value

/** Where load is balanced when the profile says no more than that it is. */
export const usualBalancing = (machines: Machines): LoadBalancingPlacement =>
  defaultOf.balancing.of(machines).value
