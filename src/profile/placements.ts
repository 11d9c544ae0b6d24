import { defaultOf } from './defaults.ts'
import type { EtcdPlacement } from './schema-etcd.ts'
import type { LoadBalancingPlacement } from './schema-load-balancing.ts'
import type { Role } from './schema-parts.ts'

/* Where things run if the profile does not set it: on the machines with that role. */

type Machines = readonly { role: Role }[]

/** Where etcd runs: the profile's setting, or else on etcd machines if there are any. */
export const etcdPlacementOf = ({
  etcd,
  machines,
}: {
  etcd?: { placement?: EtcdPlacement | undefined } | undefined
  machines: Machines
}): EtcdPlacement => etcd?.placement ?? defaultOf.etcdPlacement.of(machines).value

/** Where load balancing runs if the profile only enables it. */
export const usualBalancing = (machines: Machines): LoadBalancingPlacement =>
  defaultOf.balancing.of(machines).value
