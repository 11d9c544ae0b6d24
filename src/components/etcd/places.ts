import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { hostAndPort } from '../../text/host-and-port.ts'
import { sourcesOf } from '../node-sources.ts'

/* Where etcd and its clients find things on a machine, and each other. */

export const configurationDirectory = '/etc/etcd'
export const pkiDirectory = `${configurationDirectory}/pki`

/** kubeadm's place for stacked etcd too. */
export const dataDirectory = '/var/lib/etcd'

export const clientPort = 2379
export const peerPort = 2380
/** On the loopback interface only, without TLS: what measures has no certificate. */
export const metricsPort = 2381

export const clientAddress = ({ address }: Pick<Machine, 'address'>): string =>
  `https://${hostAndPort(address, clientPort)}`
export const peerAddress = ({ address }: Pick<Machine, 'address'>): string =>
  `https://${hostAndPort(address, peerPort)}`

/** Where the programs are: those of the archive stay apart from those of packages. */
export const programDirectory = ({ etcd }: Cluster): string => (etcd.archive ? '/usr/local/bin' : '/usr/bin')

/** Who may talk to etcd, as firewalls see them: its members, the API servers, and machines with a client certificate. */
export function clientSources(cluster: Cluster): string[] {
  const { etcd, controlPlanes, machines } = cluster
  const clients = machines.filter(({ role }) => etcd.clients.includes(role))
  return sourcesOf(cluster, [...controlPlanes, ...etcd.members, ...clients])
}
