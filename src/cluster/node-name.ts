import type { Cluster, Machine } from './cluster.ts'

/**
 * The name of a node in Kubernetes. The host name of the system is the short one in any case: where the two differ, kubeadm gives the
 * kubelet `--hostname-override` (buildKubeletArgs in cmd/kubeadm/app/phases/kubelet/flags.go), and names the member of etcd, its
 * certificates and the static pods by that of the node (GetEtcdAltNames in cmd/kubeadm/app/util/pkiutil).
 */
export const nodeNameOf = (
  { kubernetes }: Pick<Cluster, 'kubernetes'>,
  { name, fullName }: Pick<Machine, 'name' | 'fullName'>,
): string => (kubernetes.nodeNames === 'full' ? fullName : name)
