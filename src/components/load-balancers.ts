import type { Cluster, LoadBalancing, Machine } from '../cluster/cluster.ts'
import type { Link } from '../cluster/link-types.ts'
import { networkOf, placeIn } from '../cluster/links.ts'
import type { GenericPackage } from '../distributions/distribution.ts'
import type { Package } from '../assembly/component.ts'

/* What the components of a load balancer share: haproxy, keepalived, conntrackd, source-address. */

/** The address at which haproxy reports that it works. */
export const monitor = { address: '127.0.0.1', port: 8404, path: '/healthz' } as const
export const monitorUrl = `http://${monitor.address}:${monitor.port}${monitor.path}`

/**
 * The load-balancing settings.
 *
 * @throws for a cluster without load balancing, to which its components do not apply
 */
export function loadBalancingOf(cluster: Cluster): LoadBalancing {
  if (!cluster.loadBalancing) throw new Error(`cluster ${cluster.name} has no load balancing`)
  return cluster.loadBalancing
}

/** Addresses that are always held together by one of the load balancers. */
export function virtualAddresses({ api, ingress, sourceAddress }: LoadBalancing): string[] {
  const addresses = [...api.addresses, ...(ingress?.addresses ?? [])]
  if (sourceAddress) addresses.push(sourceAddress)
  return [...new Set(addresses)]
}

/** Whether haproxy and keepalived are static pods of the kubelet, and not services of the distribution. */
export const balancesInPods = (cluster: Cluster): boolean =>
  loadBalancingOf(cluster).placement === 'static-pod'

/**
 * Whether haproxy listens on the API server's port of its virtual addresses, next to the API server of the same machine. The API server
 * listens on all addresses, so localhost still reaches it, and so does the virtual address while haproxy is down. Linux gives a
 * connection to the listener with the more specific address if both share the port (SO_REUSEPORT in socket(7)): haproxy always does
 * (`noreuseport` in its manual), the API server with --permit-port-sharing.
 */
export const sharesApiPort = ({ kubernetes, loadBalancing }: Omit<Cluster, 'secrets'>): boolean =>
  (loadBalancing?.placement === 'control-plane' || loadBalancing?.placement === 'static-pod') &&
  loadBalancing.api.port === kubernetes.apiServerPort

/**
 * The haproxy package of the profile.
 *
 * @returns null if haproxy is the distribution's, comes in an image, or does not run
 */
export const packageOf = (cluster: Cluster): LoadBalancing['haproxyPackage'] =>
  cluster.loadBalancing && !balancesInPods(cluster) ? cluster.loadBalancing.haproxyPackage : null

/** The address and link through which a load balancer reaches the others, for VRRP and connection synchronization. */
export const meetingPlace = (cluster: Cluster, machine: Machine): { address: string; link: Link } =>
  placeIn(machine, loadBalancingOf(cluster).network)

/** Addresses of the other load balancers. */
export const peersOf = (cluster: Cluster, machine: Machine): string[] =>
  cluster.balancers
    .filter((balancer) => balancer !== machine)
    .map((balancer) => meetingPlace(cluster, balancer).address)

/** Links on which a load balancer holds virtual addresses, except that of VRRP. */
export const otherLinks = (cluster: Cluster, machine: Machine): Link[] => {
  const { link } = meetingPlace(cluster, machine)
  const links = virtualAddresses(loadBalancingOf(cluster)).flatMap(
    (address) => networkOf(cluster, machine, address)?.link ?? [],
  )
  return [...new Set(links)].filter((each) => each !== link)
}

/** The name of an interface in keepalived.conf: that of the profile, or a parameter if it is known only on the machine. */
export const interfaceParameter = (link: Link): string =>
  link.kind === 'ethernet' ? `INTERFACE_${link.name.toUpperCase()}` : link.name

export const syncsConnections = (cluster: Cluster): boolean =>
  loadBalancingOf(cluster).connectionSync && cluster.balancers.length > 1

/** Packages under the distribution's names; those that belong to its base system are left out. */
export const packagesOf = ({ system }: Machine, ...names: GenericPackage[]): Package[] =>
  names.flatMap((generic) => {
    const name = system.distribution.packages[generic]
    return name === null ? [] : [{ name }]
  })
