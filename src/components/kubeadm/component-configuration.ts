import type { Cluster, PlainMapping } from '../../cluster/cluster.ts'
import { isNode } from '../container-runtime.ts'
import { isMapping } from '../../text/data.ts'
import type { Declared } from '../../assembly/component.ts'
import { sysctlSwitch } from '../../distributions/sysctls/aliases.ts'
import { canonicalKey } from '../../text/sysctl-key.ts'
import type { KubeadmDocument } from './documents.ts'

/*
 * Configuration of kubelet and kube-proxy. `kubeadm init` stores both in the cluster, from which joining machines read them; in a join
 * configuration they would be ignored.
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

/** The fields of the profile take precedence over hakube's: rules reject those that must not be changed. */
const merged = (own: PlainMapping, given: unknown): PlainMapping => ({
  ...own,
  ...(isMapping(given) ? given : {}),
})

/**
 * https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
 *
 * The mode is written even where it is the default, because the default is going to change (KEP-3866). kube-proxy sets
 * net.netfilter.nf_conntrack_max by the number of processors, regardless of sysctl.d (kubernetes/kops#2223), and two connection timeouts.
 * With 0 it leaves alone those that the profile, for any node, or another component sets.
 *
 * @returns null if the cluster has no kube-proxy
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
    // Virtual addresses of services must be announced only by the machine that holds them.
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

/** One configuration applies to all nodes, so a setting that some of them have must be left alone on all. */
const setsOnNodes = ({ machines }: Cluster, declared: Declared, wanted: string): boolean =>
  [...declared.sysctls, ...machines.filter(isNode).flatMap(({ settings }) => settings.sysctls)].some(
    ({ key }) => sysctlSwitch(canonicalKey(key)) === wanted,
  )
