import { compareVersions } from '../../text/versions.ts'

/**
 * How settings reach an individual kubelet, although kubeadm keeps one KubeletConfiguration for the whole cluster:
 *
 * - `drop-in`: a file in the directory of `--config-dir`, which the kubelet reads itself. On by default from 1.30 on
 *   (https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/#kubelet-conf-d); kubeadm does not touch it.
 * - `patch`: kubeadm patches the cluster's configuration when it writes it on the machine, target `kubeletconfiguration`. From 1.25 on
 *   (kubernetes/kubernetes#110405). `kubeadm upgrade node` rewrites it and needs `--patches`.
 * - `arguments`: settings that the command line supports; the only way before 1.25.
 */
export type KubeletWay = 'drop-in' | 'patch' | 'arguments'

export function kubeletWay(minor: string): KubeletWay {
  if (compareVersions(minor, '1.30') >= 0) return 'drop-in'
  return compareVersions(minor, '1.25') >= 0 ? 'patch' : 'arguments'
}
