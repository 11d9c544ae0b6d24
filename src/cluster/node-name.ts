import type { Cluster, Machine } from './cluster.ts'

/**
 * The name of a node in Kubernetes. The system's host name is always the short one. If they differ, kubeadm passes `--hostname-override`
 * to the kubelet (buildKubeletArgs in cmd/kubeadm/app/phases/kubelet/flags.go), and uses the node name for the etcd member, its
 * certificates and the static pods (GetEtcdAltNames in cmd/kubeadm/app/util/pkiutil).
 */
export const nodeNameOf = (
  { kubernetes }: Pick<Cluster, 'kubernetes'>,
  { name, fullName }: Pick<Machine, 'name' | 'fullName'>,
): string => (kubernetes.nodeNames === 'full' ? fullName : name)
