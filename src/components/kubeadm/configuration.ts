import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { compareVersions } from '../../text/versions.ts'
import { yamlEntries } from '../../templates/yaml.ts'
import type { Declared } from '../../assembly/component.ts'
import { kubeletConfiguration, kubeProxyConfiguration } from './component-configuration.ts'
import { type Dialect, v1beta2, v1beta3, v1beta4 } from './dialects.ts'
import { initConfigurations, joinConfiguration, type KubeadmDocument } from './documents.ts'
import { initModel, joinModel } from './from-cluster.ts'

/**
 * The format for a minor release, also for one that is newer than this hakube knows. v1beta2 until 1.21, v1beta3 from 1.22,
 * v1beta4 from 1.31 (kubernetes/kubernetes#125029; cluster-api has the same table in bootstrap/kubeadm/types/utils.go).
 */
export function dialectFor(minor: string): Dialect {
  if (compareVersions(minor, '1.31') >= 0) return v1beta4
  return compareVersions(minor, '1.22') >= 0 ? v1beta3 : v1beta2
}

/** What the machine that makes the cluster gives to `kubeadm init`. */
export function initDocuments(
  cluster: Cluster,
  machine: Machine,
  declared: Declared,
): readonly KubeadmDocument[] {
  const kubeProxy = kubeProxyConfiguration(cluster, declared)
  return [
    ...initConfigurations(dialectFor(cluster.kubernetes.minor), initModel(cluster, machine)),
    kubeletConfiguration(cluster),
    ...(kubeProxy ? [kubeProxy] : []),
  ]
}

/** What a machine gives to `kubeadm join`; that which makes the cluster joins it when it was installed again. */
export const joinDocuments = (cluster: Cluster, machine: Machine): readonly KubeadmDocument[] => [
  joinConfiguration(dialectFor(cluster.kubernetes.minor), joinModel(cluster, machine)),
]

/**
 * What a machine gives to `kubeadm init phase kubeconfig admin`. By documents and not by arguments: the phase has none for the
 * socket, and until 1.28 kubeadm then gives up where it finds two container runtimes (kubernetes/kubeadm#2937).
 *
 * @param certificatesDir where the CAs are
 */
export function administratorDocuments(
  cluster: Cluster,
  machine: Machine,
  certificatesDir: string,
): readonly KubeadmDocument[] {
  const { apiVersion } = dialectFor(cluster.kubernetes.minor)
  const { node, kubernetesVersion, controlPlaneEndpoint } = initModel(cluster, machine)
  return [
    {
      apiVersion,
      kind: 'InitConfiguration',
      nodeRegistration: { name: node.name, criSocket: node.criSocket },
      localAPIEndpoint: { advertiseAddress: node.address },
    },
    { apiVersion, kind: 'ClusterConfiguration', certificatesDir, kubernetesVersion, controlPlaneEndpoint },
  ]
}

/** Documents of one file. Strings are quoted: kubeadm reads YAML 1.1. */
export const documentsText = (documents: readonly KubeadmDocument[]): string =>
  documents.map(yamlEntries).join('---\n')
