import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { compareVersions } from '../../text/versions.ts'
import { yamlEntries } from '../../templates/yaml.ts'
import type { Declared } from '../../assembly/component.ts'
import { kubeletConfiguration, kubeProxyConfiguration } from './component-configuration.ts'
import { type Dialect, v1beta2, v1beta3, v1beta4 } from './dialects.ts'
import { initConfigurations, joinConfiguration, type KubeadmDocument } from './documents.ts'
import { initModel, joinModel } from './from-cluster.ts'

/**
 * The configuration format for a minor release, including releases newer than hakube: v1beta2 until 1.21, v1beta3 from 1.22, v1beta4 from
 * 1.31 (kubernetes/kubernetes#125029; cluster-api has the same table in bootstrap/kubeadm/types/utils.go).
 */
export function dialectFor(minor: string): Dialect {
  if (compareVersions(minor, '1.31') >= 0) return v1beta4
  return compareVersions(minor, '1.22') >= 0 ? v1beta3 : v1beta2
}

/** The documents for `kubeadm init` on the initializing control plane. */
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

/** The documents for `kubeadm join`. The initializing control plane uses them when it is reinstalled. */
export const joinDocuments = (cluster: Cluster, machine: Machine): readonly KubeadmDocument[] => [
  joinConfiguration(dialectFor(cluster.kubernetes.minor), joinModel(cluster, machine)),
]

/**
 * The documents for `kubeadm init phase kubeconfig admin`. Documents rather than arguments: the phase has no argument for the socket, and
 * until 1.28 kubeadm fails if it finds two container runtimes (kubernetes/kubeadm#2937).
 *
 * @param certificatesDir directory of the CAs
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

/** The YAML text of the documents of one file. Strings are quoted, because kubeadm reads YAML 1.1. */
export const documentsText = (documents: readonly KubeadmDocument[]): string =>
  documents.map(yamlEntries).join('---\n')
