import { z } from 'zod'
import * as common from './kubeadm-common.ts'

/**
 * cmd/kubeadm/app/apis/kubeadm/v1beta3/types.go at v1.22 to v1.30, and
 * https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta3/
 */
const apiVersion = z.literal('kubeadm.k8s.io/v1beta3')

const NodeRegistration = z.strictObject({
  name: z.string().optional(),
  criSocket: z.string().optional(),
  taints: z.array(common.Taint).optional(),
  kubeletExtraArgs: common.ArgumentMap.optional(),
  ignorePreflightErrors: z.array(z.string()).optional(),
  imagePullPolicy: common.PullPolicy.optional(),
})

const component = {
  extraArgs: common.ArgumentMap.optional(),
  extraVolumes: z.array(common.HostPathMount).optional(),
}

const InitConfiguration = z.strictObject({
  apiVersion,
  kind: z.literal('InitConfiguration'),
  bootstrapTokens: z.array(common.BootstrapToken).optional(),
  nodeRegistration: NodeRegistration.optional(),
  localAPIEndpoint: common.Endpoint.optional(),
  certificateKey: common.CertificateKey.optional(),
  skipPhases: z.array(z.string()).optional(),
  patches: common.Patches.optional(),
})

const ClusterConfiguration = z.strictObject({
  apiVersion,
  kind: z.literal('ClusterConfiguration'),
  etcd: z
    .strictObject({
      local: z
        .strictObject({
          ...common.ImageMeta,
          dataDir: z.string(),
          extraArgs: common.ArgumentMap.optional(),
          serverCertSANs: z.array(z.string()).optional(),
          peerCertSANs: z.array(z.string()).optional(),
        })
        .optional(),
      external: z.strictObject(common.ExternalEtcd).optional(),
    })
    .optional(),
  networking: common.Networking.optional(),
  kubernetesVersion: z
    .string()
    .regex(/^v1\.\d+\.\d+$/)
    .optional(),
  controlPlaneEndpoint: z.string().optional(),
  apiServer: z
    .strictObject({
      ...component,
      certSANs: z.array(z.string()).optional(),
      timeoutForControlPlane: common.Duration.optional(),
    })
    .optional(),
  controllerManager: z.strictObject(component).optional(),
  scheduler: z.strictObject(component).optional(),
  dns: z.strictObject(common.ImageMeta).optional(),
  certificatesDir: z.string().optional(),
  imageRepository: z.string().optional(),
  featureGates: z.record(z.string(), z.boolean()).optional(),
  clusterName: z.string().optional(),
})

const JoinConfiguration = z.strictObject({
  apiVersion,
  kind: z.literal('JoinConfiguration'),
  nodeRegistration: NodeRegistration.optional(),
  caCertPath: z.string().optional(),
  discovery: z.strictObject({ ...common.Discovery, timeout: common.Duration.optional() }),
  controlPlane: common.JoinControlPlane.optional(),
  skipPhases: z.array(z.string()).optional(),
  patches: common.Patches.optional(),
})

export const v1beta3Documents = [InitConfiguration, ClusterConfiguration, JoinConfiguration] as const
