import { z } from 'zod'
import * as common from './kubeadm-common.ts'

/**
 * https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/, as of 1.31: fields that later releases added to the
 * format (etcd.external.httpEndpoints in 1.35) are not in it, because all releases from 1.31 get the same documents.
 */
const apiVersion = z.literal('kubeadm.k8s.io/v1beta4')

const EnvironmentVariables = z.array(z.strictObject({ name: z.string(), value: z.string().optional() }))

const NodeRegistration = z.strictObject({
  name: z.string().optional(),
  criSocket: z.string().optional(),
  taints: z.array(common.Taint).optional(),
  kubeletExtraArgs: common.ArgumentList.optional(),
  ignorePreflightErrors: z.array(z.string()).optional(),
  imagePullPolicy: common.PullPolicy.optional(),
  imagePullSerial: z.boolean().optional(),
})

const component = {
  extraArgs: common.ArgumentList.optional(),
  extraVolumes: z.array(common.HostPathMount).optional(),
  extraEnvs: EnvironmentVariables.optional(),
}

const Timeouts = z.strictObject({
  controlPlaneComponentHealthCheck: common.Duration.optional(),
  kubeletHealthCheck: common.Duration.optional(),
  kubernetesAPICall: common.Duration.optional(),
  etcdAPICall: common.Duration.optional(),
  tlsBootstrap: common.Duration.optional(),
  discovery: common.Duration.optional(),
  upgradeManifests: common.Duration.optional(),
})

const InitConfiguration = z.strictObject({
  apiVersion,
  kind: z.literal('InitConfiguration'),
  bootstrapTokens: z.array(common.BootstrapToken).optional(),
  dryRun: z.boolean().optional(),
  nodeRegistration: NodeRegistration.optional(),
  localAPIEndpoint: common.Endpoint.optional(),
  certificateKey: common.CertificateKey.optional(),
  skipPhases: z.array(z.string()).optional(),
  patches: common.Patches.optional(),
  timeouts: Timeouts.optional(),
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
          extraArgs: common.ArgumentList.optional(),
          extraEnvs: EnvironmentVariables.optional(),
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
  apiServer: z.strictObject({ ...component, certSANs: z.array(z.string()).optional() }).optional(),
  controllerManager: z.strictObject(component).optional(),
  scheduler: z.strictObject(component).optional(),
  dns: z.strictObject({ ...common.ImageMeta, disabled: z.boolean().optional() }).optional(),
  proxy: z.strictObject({ disabled: z.boolean().optional() }).optional(),
  certificatesDir: z.string().optional(),
  imageRepository: z.string().optional(),
  featureGates: z.record(z.string(), z.boolean()).optional(),
  clusterName: z.string().optional(),
  encryptionAlgorithm: z.enum(['RSA-2048', 'RSA-3072', 'RSA-4096', 'ECDSA-P256']).optional(),
  certificateValidityPeriod: common.Duration.optional(),
  caCertificateValidityPeriod: common.Duration.optional(),
})

const JoinConfiguration = z.strictObject({
  apiVersion,
  kind: z.literal('JoinConfiguration'),
  dryRun: z.boolean().optional(),
  nodeRegistration: NodeRegistration.optional(),
  caCertPath: z.string().optional(),
  discovery: z.strictObject(common.Discovery),
  controlPlane: common.JoinControlPlane.optional(),
  skipPhases: z.array(z.string()).optional(),
  patches: common.Patches.optional(),
  timeouts: Timeouts.optional(),
})

export const v1beta4Documents = [InitConfiguration, ClusterConfiguration, JoinConfiguration] as const
