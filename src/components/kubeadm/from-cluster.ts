import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { authorityHash } from '../../secrets/authority-hash.ts'
import { clientAddress } from '../etcd/places.ts'
import { hostAndPort } from '../../text/host-and-port.ts'
import { onceForEach, sameForAll } from '../../assembly/once.ts'
import { componentModels } from './control-plane.ts'
import type { InitModel, JoinModel } from './model.ts'
import { nodeModel } from './node.ts'

/* What kubeadm is told of a cluster and its machines. */

const endpointOf = ({ apiEndpoint }: Cluster): string => hostAndPort(apiEndpoint.address, apiEndpoint.port)

/**
 * All that the API servers may be called by: a certificate without the virtual address is what people stumble over most
 * (k3s-io/k3s#9257).
 */
export function certificateNames({
  apiEndpoint,
  controlPlanes,
  kubernetes,
  loadBalancing,
}: Omit<Cluster, 'secrets'>): string[] {
  const virtual = loadBalancing?.api.addresses ?? []
  const names = controlPlanes.flatMap(({ name, fullName, address }) => [name, fullName, address])
  return [...new Set([apiEndpoint.address, ...virtual, ...names, ...kubernetes.certificateNames])]
}

export function initModel(cluster: Cluster, machine: Machine): InitModel {
  const { kubernetes, secrets } = cluster
  return {
    node: nodeModel(cluster, machine),
    apiServerPort: kubernetes.apiServerPort,
    bootstrapToken: secrets.bootstrapToken,
    // Counts from `kubeadm init`, not from when the token was made.
    bootstrapTokenTimeToLive: '24h0m0s',
    certificateKey: kubernetes.certificates === 'upload-certs' ? secrets.certificateKey : null,
    kubernetesVersion: `v${kubernetes.version}`,
    imageRepository: kubernetes.imageRepository,
    clusterName: cluster.name,
    controlPlaneEndpoint: endpointOf(cluster),
    podNetwork: kubernetes.podNetwork,
    serviceNetwork: kubernetes.serviceNetwork,
    domain: kubernetes.domain,
    certificateNames: certificateNames(cluster),
    components: componentModels(cluster),
    // Slow disks: etcd and the API server start from nothing.
    controlPlaneTimeout: '10m0s',
    externalEtcd: cluster.etcd.placement === 'stacked' ? null : cluster.etcd.members.map(clientAddress),
  }
}

const authorityHashOf = onceForEach(sameForAll, ({ secrets }) =>
  authorityHash(secrets.authorities.kubernetes.certificate),
)

/** The machine that makes the cluster has the keys of the authorities from its seed, also when it joins. */
const fetchesKeys = ({ kubernetes }: Cluster, machine: Machine): boolean =>
  kubernetes.certificates === 'upload-certs' && !machine.initializes

export function joinModel(cluster: Cluster, machine: Machine): JoinModel {
  const { kubernetes, secrets } = cluster
  return {
    node: nodeModel(cluster, machine),
    bootstrapToken: secrets.bootstrapToken,
    endpoint: endpointOf(cluster),
    authorityHash: authorityHashOf(cluster, machine),
    // kubeadm repeats on every fault of the connection until then, so machines may boot in any order.
    discoveryTimeout: '1h0m0s',
    controlPlane:
      machine.role === 'control-plane'
        ? {
            certificateKey: fetchesKeys(cluster, machine) ? secrets.certificateKey : null,
            apiServerPort: kubernetes.apiServerPort,
          }
        : null,
  }
}
