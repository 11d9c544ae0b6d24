import type { Cluster } from '../../cluster/cluster.ts'
import type { Declared } from '../../assembly/component.ts'
import { sysctlSwitch } from '../../distributions/sysctls/aliases.ts'
import { canonicalKey } from '../../text/sysctl-key.ts'
import type { KubeadmDocument } from './documents.ts'

/*
 * Configuration of the kubelet and of kube-proxy. `kubeadm init` stores both in the cluster, and machines that join read them
 * there: in a join file they would be ignored.
 */

/** https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
export const kubeletConfiguration = (cluster: Cluster): KubeadmDocument => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  // The same as containerd's SystemdCgroup.
  cgroupDriver: 'systemd',
  failSwapOn: true,
  ...featureGates(cluster),
})

const featureGates = ({ kubernetes }: Cluster) =>
  Object.keys(kubernetes.featureGates).length > 0 ? { featureGates: kubernetes.featureGates } : {}

/**
 * https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
 *
 * The mode is written even where it is the default, which is going to change (KEP-3866). kube-proxy sets
 * net.netfilter.nf_conntrack_max by the number of processors, whatever sysctl.d says (kubernetes/kops#2223); with maxPerCore 0
 * it leaves alone what the profile or another component asks for.
 */
export function kubeProxyConfiguration(cluster: Cluster, declared: Declared): KubeadmDocument {
  const { kubernetes } = cluster
  const setsMaximum = declared.sysctls.some(
    ({ key }) => sysctlSwitch(canonicalKey(key)) === 'net.netfilter.nf_conntrack_max',
  )
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    ...featureGates(cluster),
    mode: kubernetes.proxyMode,
    ...(setsMaximum ? { conntrack: { maxPerCore: 0 } } : {}),
    // Virtual addresses of services must answer only where they are.
    ...(kubernetes.proxyMode === 'ipvs' ? { ipvs: { strictARP: true } } : {}),
  }
}
