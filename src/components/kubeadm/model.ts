import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { authorityHash } from '../../secrets/authority-hash.ts'
import { clientAddress } from '../etcd/places.ts'
import { hostAndPort } from '../host-and-port.ts'

/*
 * What kubeadm is told, in no version of its configuration format. One emitter for each version turns it into documents. The
 * author of a profile never chooses the format: it follows from the Kubernetes version.
 */

export type NodeModel = {
  name: string
  address: string
}

/** Durations are written as Go writes them: `1h0m0s`. */
export type InitModel = {
  node: NodeModel
  apiServerPort: number
  bootstrapToken: string
  bootstrapTokenTimeToLive: string
  certificateKey: string
  kubernetesVersion: string
  clusterName: string
  controlPlaneEndpoint: string
  podNetwork: string
  serviceNetwork: string
  domain: string
  /** Names and addresses beyond those that kubeadm puts into the API server's certificate by itself. */
  certificateNames: readonly string[]
  controlPlaneTimeout: string
  /** Addresses of the members where etcd is a service of its own; null where kubeadm runs it. */
  externalEtcd: readonly string[] | null
}

export type JoinModel = {
  node: NodeModel
  bootstrapToken: string
  endpoint: string
  authorityHash: string
  discoveryTimeout: string
  /** Null for workers. */
  controlPlane: { certificateKey: string; apiServerPort: number } | null
}

/** A document of kubeadm's configuration, or one of the components that it configures. */
export type KubeadmDocument = Readonly<Record<string, unknown>>

export type KubeadmEmitter = {
  init(model: InitModel): readonly KubeadmDocument[]
  join(model: JoinModel): readonly KubeadmDocument[]
}

export const criSocket = 'unix:///run/containerd/containerd.sock'

/** `etcd` of the ClusterConfiguration, which is the same in all versions. */
export const etcdConfiguration = ({ externalEtcd }: InitModel) =>
  externalEtcd === null
    ? { local: { dataDir: '/var/lib/etcd' } }
    : {
        external: {
          endpoints: externalEtcd,
          caFile: '/etc/kubernetes/pki/etcd/ca.crt',
          certFile: '/etc/kubernetes/pki/apiserver-etcd-client.crt',
          keyFile: '/etc/kubernetes/pki/apiserver-etcd-client.key',
        },
      }

const endpointOf = ({ apiEndpoint }: Cluster): string => hostAndPort(apiEndpoint.address, apiEndpoint.port)

/**
 * All that the API servers may be called by: a certificate without the virtual address is what people stumble over most
 * (k3s-io/k3s#9257).
 */
function certificateNames({ apiEndpoint, controlPlanes }: Cluster): string[] {
  const names = controlPlanes.flatMap(({ name, fullName, address }) => [name, fullName, address])
  return [...new Set([apiEndpoint.address, ...names])]
}

export function initModel(cluster: Cluster, machine: Machine): InitModel {
  const { kubernetes, secrets } = cluster
  return {
    node: { name: machine.name, address: machine.address },
    apiServerPort: kubernetes.apiServerPort,
    bootstrapToken: secrets.bootstrapToken,
    // Counts from `kubeadm init`, not from when the token was made.
    bootstrapTokenTimeToLive: '24h0m0s',
    certificateKey: secrets.certificateKey,
    kubernetesVersion: `v${kubernetes.version}`,
    clusterName: cluster.name,
    controlPlaneEndpoint: endpointOf(cluster),
    podNetwork: kubernetes.podNetwork,
    serviceNetwork: kubernetes.serviceNetwork,
    domain: kubernetes.domain,
    certificateNames: certificateNames(cluster),
    // Slow disks: etcd and the API server start from nothing.
    controlPlaneTimeout: '10m0s',
    externalEtcd: cluster.etcd.placement === 'stacked' ? null : cluster.etcd.members.map(clientAddress),
  }
}

const authorityHashes = new WeakMap<Cluster, string>()

function authorityHashOf(cluster: Cluster): string {
  let hash = authorityHashes.get(cluster)
  if (hash === undefined) {
    hash = authorityHash(cluster.secrets.authorities.kubernetes.certificate)
    authorityHashes.set(cluster, hash)
  }
  return hash
}

export function joinModel(cluster: Cluster, machine: Machine): JoinModel {
  const { kubernetes, secrets } = cluster
  return {
    node: { name: machine.name, address: machine.address },
    bootstrapToken: secrets.bootstrapToken,
    endpoint: endpointOf(cluster),
    authorityHash: authorityHashOf(cluster),
    // kubeadm repeats on every fault of the connection until then, so machines may boot in any order.
    discoveryTimeout: '1h0m0s',
    controlPlane:
      machine.role === 'control-plane'
        ? { certificateKey: secrets.certificateKey, apiServerPort: kubernetes.apiServerPort }
        : null,
  }
}
