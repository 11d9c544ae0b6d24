import { z } from 'zod'
import { Duration } from './kubeadm-common.ts'

/*
 * The fields of 1.20, the oldest release that hakube knows, that a machine's set-up may need; what is not in it may not be
 * emitted for all releases alike.
 */

/** https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
const KubeletConfiguration = z.strictObject({
  apiVersion: z.literal('kubelet.config.k8s.io/v1beta1'),
  kind: z.literal('KubeletConfiguration'),
  cgroupDriver: z.enum(['systemd', 'cgroupfs']).optional(),
  clusterDNS: z.array(z.string()).optional(),
  clusterDomain: z.string().optional(),
  failSwapOn: z.boolean().optional(),
  featureGates: z.record(z.string(), z.boolean()).optional(),
  maxPods: z.int().optional(),
  resolvConf: z.string().optional(),
  rotateCertificates: z.boolean().optional(),
  serverTLSBootstrap: z.boolean().optional(),
  staticPodPath: z.string().optional(),
})

/** https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ */
const KubeProxyConfiguration = z.strictObject({
  apiVersion: z.literal('kubeproxy.config.k8s.io/v1alpha1'),
  kind: z.literal('KubeProxyConfiguration'),
  bindAddress: z.string().optional(),
  clusterCIDR: z.string().optional(),
  featureGates: z.record(z.string(), z.boolean()).optional(),
  mode: z.enum(['iptables', 'ipvs', 'nftables']).optional(),
  conntrack: z
    .strictObject({
      maxPerCore: z.int().min(0).optional(),
      min: z.int().min(0).optional(),
      tcpEstablishedTimeout: Duration.optional(),
      tcpCloseWaitTimeout: Duration.optional(),
    })
    .optional(),
  ipvs: z
    .strictObject({
      syncPeriod: Duration.optional(),
      minSyncPeriod: Duration.optional(),
      scheduler: z.string().optional(),
      excludeCIDRs: z.array(z.string()).optional(),
      strictARP: z.boolean().optional(),
    })
    .optional(),
})

export const componentDocuments = [KubeletConfiguration, KubeProxyConfiguration] as const
