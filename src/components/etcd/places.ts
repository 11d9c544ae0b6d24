import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { hostAndPort } from '../../text/host-and-port.ts'
import { sourcesOf } from '../node-sources.ts'

/* Paths, ports and addresses of etcd and its clients. */

export const configurationDirectory = '/etc/etcd'
export const pkiDirectory = `${configurationDirectory}/pki`

/** kubeadm uses it for stacked etcd too. */
export const dataDirectory = '/var/lib/etcd'

export const clientPort = 2379
export const peerPort = 2380
/** On the loopback interface only, without TLS, because metrics collectors have no certificate. */
export const metricsPort = 2381

export const clientAddress = ({ address }: Pick<Machine, 'address'>): string =>
  `https://${hostAndPort(address, clientPort)}`
export const peerAddress = ({ address }: Pick<Machine, 'address'>): string =>
  `https://${hostAndPort(address, peerPort)}`

/** The directory of the programs: those of the archive are kept apart from those of packages. */
export const programDirectory = ({ etcd }: Cluster): string => (etcd.archive ? '/usr/local/bin' : '/usr/bin')

/** Addresses that firewalls let reach etcd: its members, the API servers, and machines with a client certificate. */
export function clientSources(cluster: Cluster): string[] {
  const { etcd, controlPlanes, machines } = cluster
  const clients = machines.filter(({ role }) => etcd.clients.includes(role))
  return sourcesOf(cluster, [...controlPlanes, ...etcd.members, ...clients])
}
