import type { Cluster, PlainMapping } from '../../cluster/cluster.ts'
import { isNode } from '../container-runtime.ts'
import { isMapping } from '../../text/data.ts'
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
  ...cluster.kubernetes.configuration.kubelet,
})

const featureGates = ({ kubernetes }: Cluster) =>
  Object.keys(kubernetes.featureGates).length > 0 ? { featureGates: kubernetes.featureGates } : {}

/** The profile's own fields win over hakube's: its rules let through only those that may. */
const merged = (own: PlainMapping, given: unknown): PlainMapping => ({
  ...own,
  ...(isMapping(given) ? given : {}),
})

/**
 * https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
 *
 * The mode is written even where it is the default, which is going to change (KEP-3866). kube-proxy sets
 * net.netfilter.nf_conntrack_max by the number of processors, whatever sysctl.d says (kubernetes/kops#2223), and two
 * timeouts of connections; with 0 it leaves alone what the profile, for any node, or another component asks for.
 *
 * @returns null where the cluster has no kube-proxy
 */
export function kubeProxyConfiguration(cluster: Cluster, declared: Declared): KubeadmDocument | null {
  const { kubernetes } = cluster
  if (kubernetes.proxyMode === 'none') return null
  const isSet = (key: string): boolean => setsOnNodes(cluster, declared, key)
  const left = {
    ...(isSet('net.netfilter.nf_conntrack_max') ? { maxPerCore: 0 } : {}),
    ...(isSet('net.netfilter.nf_conntrack_tcp_timeout_established') ? { tcpEstablishedTimeout: '0s' } : {}),
    ...(isSet('net.netfilter.nf_conntrack_tcp_timeout_close_wait') ? { tcpCloseWaitTimeout: '0s' } : {}),
  }
  const { conntrack, ipvs, ...rest } = kubernetes.configuration.kubeProxy
  const parts = {
    conntrack: merged(left, conntrack),
    // Virtual addresses of services must answer only where they are.
    ipvs: merged(kubernetes.proxyMode === 'ipvs' ? { strictARP: true } : {}, ipvs),
  }
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    ...featureGates(cluster),
    mode: kubernetes.proxyMode,
    ...Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0)),
    ...rest,
  }
}

/** One configuration is for all nodes: what is set on some of them must be left alone on each. */
const setsOnNodes = ({ machines }: Cluster, declared: Declared, wanted: string): boolean =>
  [...declared.sysctls, ...machines.filter(isNode).flatMap(({ settings }) => settings.sysctls)].some(
    ({ key }) => sysctlSwitch(canonicalKey(key)) === wanted,
  )
