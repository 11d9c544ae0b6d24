import { familyOf, isIPv6 } from '../text/address-family.ts'
import type { Cluster, Machine } from './cluster.ts'

/*
 * The address families of Kubernetes: those of the pod networks, in the order of the profile. The first is the primary one, which API
 * servers, stacked etcd, and services that request no family use (https://kubernetes.io/docs/concepts/services-networking/dual-stack/).
 * Installation and load balancing use IPv4 in any case.
 */

type Families = Pick<Cluster, 'kubernetes'>

export const familiesOf = ({ kubernetes: { podNetworks } }: Families): ('ipv4' | 'ipv6')[] =>
  podNetworks.map(familyOf)

export const isDualStack = (cluster: Families): boolean => familiesOf(cluster).length > 1

/** Whether pods have IPv6 addresses. */
export const usesIPv6 = (cluster: Families): boolean => familiesOf(cluster).includes('ipv6')

/** The first address of a machine in the IPv6 network of the nodes, or null. */
const address6Of = ({ network: { further } }: Machine): string | null =>
  further.find(({ name, address }) => name === null && isIPv6(address))?.address ?? null

/**
 * The addresses with which a node registers: one of each family of the cluster, the primary family first.
 *
 * @throws when it has no address of the primary family: a rule of the profile rejects that before
 */
export function nodeAddresses(cluster: Families, machine: Machine): [string, ...string[]] {
  const [first, ...others] = familiesOf(cluster).flatMap((family) =>
    family === 'ipv4' ? [machine.address] : (address6Of(machine) ?? []),
  )
  if (first === undefined) throw new Error(`${machine.name} has no address of the primary family`)
  return [first, ...others]
}

/** The node's address of the primary family. */
export const nodeAddress = (cluster: Families, machine: Machine): string => nodeAddresses(cluster, machine)[0]

/** All addresses under which the machines of a cluster know each other: IPv4 first. */
export function memberAddresses(cluster: Families, machine: Machine): string[] {
  const address6 = usesIPv6(cluster) ? address6Of(machine) : null
  return [machine.address, ...(address6 === null ? [] : [address6])]
}

/** The subnets of the machines, in the families that members use among themselves: IPv4 first. */
export const memberSubnets = (cluster: Pick<Cluster, 'kubernetes' | 'network'>): string[] => [
  ...cluster.network.subnets.map(({ subnet }) => subnet),
  ...(usesIPv6(cluster) ? cluster.network.subnets.flatMap(({ subnet6 }) => subnet6 ?? []) : []),
]
