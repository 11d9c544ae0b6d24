import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { compareVersions } from '../../distributions/kubernetes.ts'
import { yamlEntries } from '../../templates/yaml.ts'
import type { Declared } from '../component.ts'
import { kubeletConfiguration, kubeProxyConfiguration } from './component-configuration.ts'
import { initModel, joinModel, type KubeadmDocument, type KubeadmEmitter } from './model.ts'
import { v1beta2 } from './v1beta2.ts'
import { v1beta3 } from './v1beta3.ts'
import { v1beta4 } from './v1beta4.ts'

/**
 * The format for a minor release, also for one that is newer than this hakube knows. v1beta2 until 1.21, v1beta3 from 1.22,
 * v1beta4 from 1.31 (kubernetes/kubernetes#125029).
 */
export function emitterFor(minor: string): KubeadmEmitter {
  if (compareVersions(minor, '1.31') >= 0) return v1beta4
  return compareVersions(minor, '1.22') >= 0 ? v1beta3 : v1beta2
}

/** What a machine gives to `kubeadm init` or `kubeadm join`. */
export function kubeadmDocuments(
  cluster: Cluster,
  machine: Machine,
  declared: Declared,
): readonly KubeadmDocument[] {
  const emitter = emitterFor(cluster.kubernetes.minor)
  if (!machine.initializes) return emitter.join(joinModel(cluster, machine))
  return [
    ...emitter.init(initModel(cluster, machine)),
    kubeletConfiguration,
    kubeProxyConfiguration(cluster, declared),
  ]
}

/** Documents of one file. Strings are quoted: kubeadm reads YAML 1.1. */
export const documentsText = (documents: readonly KubeadmDocument[]): string =>
  documents.map(yamlEntries).join('---\n')
