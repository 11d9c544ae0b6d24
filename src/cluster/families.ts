import { familyOf, isIPv6 } from '../text/address-family.ts'
import type { Cluster, Machine } from './cluster.ts'

/*
 * The address families of Kubernetes: those of its pod networks, in the profile's order. The first is the primary one, of the API
 * servers, of stacked etcd and of services that ask for no other
 * (https://kubernetes.io/docs/concepts/services-networking/dual-stack/). Installation and load balancing use IPv4, whatever it is.
 */

type Families = Pick<Cluster, 'kubernetes'>

export const familiesOf = ({ kubernetes: { podNetworks } }: Families): ('ipv4' | 'ipv6')[] =>
  podNetworks.map(familyOf)

export const isDualStack = (cluster: Families): boolean => familiesOf(cluster).length > 1

/** Whether pods have addresses of IPv6. */
export const usesIPv6 = (cluster: Families): boolean => familiesOf(cluster).includes('ipv6')

/** The first address of a machine in the IPv6 network of the nodes. */
const address6Of = ({ network: { further } }: Machine): string | null =>
  further.find(({ name, address }) => name === null && isIPv6(address))?.address ?? null

/** What a node registers itself with: an address of each family of the cluster, that of the primary one first. */
export function nodeAddresses(cluster: Families, machine: Machine): [string, ...string[]] {
  const [first, ...others] = familiesOf(cluster).flatMap((family) =>
    family === 'ipv4' ? [machine.address] : (address6Of(machine) ?? []),
  )
  if (first === undefined) throw new Error(`${machine.name} has no address of the primary family`)
  return [first, ...others]
}

/** Its address of the primary family. */
export const nodeAddress = (cluster: Families, machine: Machine): string => nodeAddresses(cluster, machine)[0]

/** All addresses by which the members of a cluster know a machine: its IPv4 address first. */
export function memberAddresses(cluster: Families, machine: Machine): string[] {
  const address6 = usesIPv6(cluster) ? address6Of(machine) : null
  return [machine.address, ...(address6 === null ? [] : [address6])]
}

/** The subnets of the machines, of the families that members know each other by: IPv4 first. */
export const memberSubnets = (cluster: Pick<Cluster, 'kubernetes' | 'network'>): string[] => [
  ...cluster.network.subnets.map(({ subnet }) => subnet),
  ...(usesIPv6(cluster) ? cluster.network.subnets.flatMap(({ subnet6 }) => subnet6 ?? []) : []),
]
