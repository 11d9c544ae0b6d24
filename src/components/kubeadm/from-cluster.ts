import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { dualStackGate } from '../../distributions/kubernetes.ts'
import { authorityHash } from '../../secrets/authority-hash.ts'
import { clientAddress } from '../etcd/places.ts'
import { addressAt, parseNetwork } from '../../network/addresses.ts'
import { memberAddresses } from '../../cluster/families.ts'
import { hostAndPort } from '../../text/host-and-port.ts'
import { onceForEach, sameForAll } from '../../assembly/once.ts'
import { componentModels } from './control-plane.ts'
import type { InitModel, JoinModel } from './model.ts'
import { nodeModel } from './node.ts'

/* The models of kubeadm's configuration for a cluster and its machines. */

const endpointOf = ({ apiEndpoint }: Cluster): string => hostAndPort(apiEndpoint.address, apiEndpoint.port)

/** All names and addresses under which clients reach the API servers. A missing virtual address is a common mistake (k3s-io/k3s#9257). */
export function certificateNames(cluster: Omit<Cluster, 'secrets'>): string[] {
  const { apiEndpoint, controlPlanes, kubernetes, loadBalancing } = cluster
  const virtual = loadBalancing?.api.addresses ?? []
  const names = controlPlanes.flatMap((machine) => [
    machine.name,
    machine.fullName,
    ...memberAddresses(cluster, machine),
  ])
  return [
    ...new Set([
      apiEndpoint.address,
      ...virtual,
      ...names,
      ...kubernetes.serviceNetworks.slice(1).flatMap(firstAddressOf),
      ...kubernetes.certificateNames,
    ]),
  ]
}

/** The feature gates of kubeadm itself among kubernetes.featureGates: until 1.20 it rejects two networks without IPv6DualStack. */
const ownFeatureGates = (gates: Readonly<Record<string, boolean>>): Readonly<Record<string, boolean>> =>
  Object.fromEntries(Object.entries(gates).filter(([name]) => name === dualStackGate))

/**
 * The address of the service `kubernetes` in the secondary family; kubeadm adds that of the primary one itself (GetAPIServerAltNames in
 * util/pkiutil).
 */
const firstAddressOf = (text: string): string[] => {
  const network = parseNetwork(text)
  return network ? [addressAt(network, 1).text] : []
}

export function initModel(cluster: Cluster, machine: Machine): InitModel {
  const { kubernetes, secrets } = cluster
  return {
    node: nodeModel(cluster, machine),
    apiServerPort: kubernetes.apiServerPort,
    bootstrapToken: secrets.bootstrapToken,
    // Counts from `kubeadm init`, not from the creation of the token.
    bootstrapTokenTimeToLive: '24h0m0s',
    certificateKey: kubernetes.certificates === 'upload-certs' ? secrets.certificateKey : null,
    kubernetesVersion: `v${kubernetes.version}`,
    imageRepository: kubernetes.imageRepository,
    clusterName: cluster.name,
    controlPlaneEndpoint: endpointOf(cluster),
    podNetworks: kubernetes.podNetworks,
    serviceNetworks: kubernetes.serviceNetworks,
    domain: kubernetes.domain,
    featureGates: ownFeatureGates(kubernetes.featureGates),
    certificateNames: certificateNames(cluster),
    components: componentModels(cluster),
    // With slow disks, etcd and the API server take long to start for the first time.
    controlPlaneTimeout: '10m0s',
    externalEtcd: cluster.etcd.placement === 'stacked' ? null : cluster.etcd.members.map(clientAddress),
    etcdArguments: cluster.etcd.arguments,
  }
}

const authorityHashOf = onceForEach(sameForAll, ({ secrets }) =>
  authorityHash(secrets.authorities.kubernetes.certificate),
)

/** The initializing control plane has the CA keys in its seed, even when it joins. */
const fetchesKeys = ({ kubernetes }: Cluster, machine: Machine): boolean =>
  kubernetes.certificates === 'upload-certs' && !machine.initializes

export function joinModel(cluster: Cluster, machine: Machine): JoinModel {
  const { kubernetes, secrets } = cluster
  return {
    node: nodeModel(cluster, machine),
    bootstrapToken: secrets.bootstrapToken,
    endpoint: endpointOf(cluster),
    authorityHash: authorityHashOf(cluster, machine),
    // kubeadm retries failed connections until then, so machines may boot in any order.
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
