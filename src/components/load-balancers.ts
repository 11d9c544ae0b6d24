import type { Cluster, LoadBalancing, Machine } from '../cluster/cluster.ts'
import type { GenericPackage } from '../distributions/distribution.ts'
import type { Package } from '../assembly/component.ts'

/*
 * What the components of a load balancer share: haproxy, keepalived, conntrackd, source-address.
 */

/** Where haproxy says that it is at work. */
export const monitor = { address: '127.0.0.1', port: 8404, path: '/healthz' } as const
export const monitorUrl = `http://${monitor.address}:${monitor.port}${monitor.path}`

/** @throws for a cluster without load balancing: its components don't apply there */
export function loadBalancingOf(cluster: Cluster): LoadBalancing {
  if (!cluster.loadBalancing) throw new Error(`cluster ${cluster.name} has no load balancing`)
  return cluster.loadBalancing
}

/** Addresses that are always on the same machine, whichever of the load balancers it is. */
export function virtualAddresses({ api, ingress, sourceAddress }: LoadBalancing): string[] {
  const addresses = [...api.addresses, ...(ingress?.addresses ?? [])]
  if (sourceAddress) addresses.push(sourceAddress)
  return [...new Set(addresses)]
}

export const isIPv6 = (address: string): boolean => address.includes(':')

/** Whether haproxy and keepalived are containers of the kubelet's, and not the distribution's services. */
export const balancesInPods = (cluster: Cluster): boolean =>
  loadBalancingOf(cluster).placement === 'static-pod'

/** @returns null where haproxy is the distribution's, or comes in an image, or does not run here at all */
export const packageOf = (cluster: Cluster): LoadBalancing['haproxyPackage'] =>
  cluster.loadBalancing && !balancesInPods(cluster) ? cluster.loadBalancing.haproxyPackage : null

/** Addresses of the other load balancers. */
export const peersOf = (cluster: Cluster, machine: Machine): string[] =>
  cluster.balancers.filter((balancer) => balancer !== machine).map(({ address }) => address)

export const syncsConnections = (cluster: Cluster): boolean =>
  loadBalancingOf(cluster).connectionSync && cluster.balancers.length > 1

/** Packages by what the distribution calls them; what is part of its base system is left out. */
export const packagesOf = ({ distribution }: Cluster, ...names: GenericPackage[]): Package[] =>
  names.flatMap((generic) => {
    const name = distribution.packages[generic]
    return name === null ? [] : [{ name }]
  })
