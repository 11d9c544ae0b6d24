import type { Cluster, LoadBalancing, Machine } from '../cluster/cluster.ts'
import type { Link } from '../cluster/link-types.ts'
import { networkOf, placeIn } from '../cluster/links.ts'
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

/** Whether haproxy and keepalived are containers of the kubelet's, and not the distribution's services. */
export const balancesInPods = (cluster: Cluster): boolean =>
  loadBalancingOf(cluster).placement === 'static-pod'

/**
 * Whether haproxy has the port of the API server on its virtual addresses, beside the API server of the same machine. The API server
 * listens on all addresses: so does its localhost go on answering, and so does the virtual address when haproxy does not. Linux gives
 * a connection to the listener with the more exact address, once both ask to share the port (SO_REUSEPORT in socket(7)): haproxy
 * always does (`noreuseport` in its configuration manual), the API server with --permit-port-sharing.
 */
export const sharesApiPort = ({ kubernetes, loadBalancing }: Omit<Cluster, 'secrets'>): boolean =>
  (loadBalancing?.placement === 'control-plane' || loadBalancing?.placement === 'static-pod') &&
  loadBalancing.api.port === kubernetes.apiServerPort

/** @returns null where haproxy is the distribution's, or comes in an image, or does not run here at all */
export const packageOf = (cluster: Cluster): LoadBalancing['haproxyPackage'] =>
  cluster.loadBalancing && !balancesInPods(cluster) ? cluster.loadBalancing.haproxyPackage : null

/** Where a load balancer speaks with the others: VRRP and connection synchronization. */
export const meetingPlace = (cluster: Cluster, machine: Machine): { address: string; link: Link } =>
  placeIn(machine, loadBalancingOf(cluster).network)

/** Addresses of the other load balancers. */
export const peersOf = (cluster: Cluster, machine: Machine): string[] =>
  cluster.balancers
    .filter((balancer) => balancer !== machine)
    .map((balancer) => meetingPlace(cluster, balancer).address)

/** Links other than that of VRRP on which a load balancer holds virtual addresses. */
export const otherLinks = (cluster: Cluster, machine: Machine): Link[] => {
  const { link } = meetingPlace(cluster, machine)
  const links = virtualAddresses(loadBalancingOf(cluster)).flatMap(
    (address) => networkOf(cluster, machine, address)?.link ?? [],
  )
  return [...new Set(links)].filter((each) => each !== link)
}

/** Name of an interface in keepalived.conf: that of the profile, or a parameter for what is known on the machine only. */
export const interfaceParameter = (link: Link): string =>
  link.kind === 'ethernet' ? `INTERFACE_${link.name.toUpperCase()}` : link.name

export const syncsConnections = (cluster: Cluster): boolean =>
  loadBalancingOf(cluster).connectionSync && cluster.balancers.length > 1

/** Packages by what the distribution calls them; what is part of its base system is left out. */
export const packagesOf = ({ system }: Machine, ...names: GenericPackage[]): Package[] =>
  names.flatMap((generic) => {
    const name = system.distribution.packages[generic]
    return name === null ? [] : [{ name }]
  })
