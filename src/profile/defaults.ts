import type { EtcdPlacement } from './schema-etcd.ts'
import type { LoadBalancingPlacement } from './schema-load-balancing.ts'
import type { Role } from './schema-parts.ts'

/*
 * Defaults that the rules of the profile judge by too. All others stand in cluster/ alone, and there each has its reason.
 */

export const defaults = {
  architecture: 'amd64',
  firmware: 'uefi',
  podNetwork: '10.244.0.0/16',
  serviceNetwork: '10.96.0.0/16',
  domain: 'cluster.local',
  containerRuntime: 'containerd',
  httpPort: 80,
  httpsPort: 443,
  certificateDays: 365,
  warningDays: 30,
} as const

/** The prefix length of a node's part of the pod network: kube-controller-manager's default. */
export const usualNodeMask = 24

/** How many pods a node starts at most: the kubelet's default. */
export const usualMaxPods = 110

type Machines = readonly { role: Role }[]

const hasRole = (machines: Machines, role: Role): boolean => machines.some((machine) => machine.role === role)

/** Where etcd runs: as the profile says, or else on the machines that are there for it. */
export const etcdPlacementOf = ({
  etcd,
  machines,
}: {
  etcd?: { placement?: EtcdPlacement | undefined } | undefined
  machines: Machines
}): EtcdPlacement => etcd?.placement ?? (hasRole(machines, 'etcd') ? 'dedicated' : 'stacked')

/** Where load is balanced when the profile says no more than that it is. */
export const usualBalancing = (machines: Machines): LoadBalancingPlacement =>
  hasRole(machines, 'load-balancer') ? 'dedicated' : 'control-plane'
