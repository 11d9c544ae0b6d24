import { z } from 'zod'

/*
 * Parts that all versions of kubeadm's configuration format share. Written from the types of kubernetes/kubernetes
 * (cmd/kubeadm/app/apis/kubeadm/<version>/types.go) and from the reference of kubernetes.io, not from what hakube emits:
 * kubeadm itself only warns about a field that it does not know, here it is a failure.
 */

/** metav1.Duration, as Go prints it. */
export const Duration = z
  .string()
  .regex(/^(\d+h)?(\d+m)?(\d+s)?$/)
  .min(2)
/** Names of flags without dashes to values: until v1beta3. */
export const ArgumentMap = z.record(z.string().regex(/^[a-z0-9-]+$/), z.string())
/** v1beta4. The value must be a string, not a bare number or boolean. */
export const ArgumentList = z.array(
  z.strictObject({ name: z.string().regex(/^[a-z0-9-]+$/), value: z.string() }),
)
const port = z.int().min(1).max(65_535)
export const Endpoint = z.strictObject({
  advertiseAddress: z.ipv4().or(z.ipv6()).optional(),
  bindPort: port.optional(),
})
export const Token = z.string().regex(/^[a-z0-9]{6}\.[a-z0-9]{16}$/)
export const CertificateKey = z.string().regex(/^[0-9a-f]{64}$/)

export const BootstrapToken = z.strictObject({
  token: Token,
  description: z.string().optional(),
  ttl: Duration.optional(),
  expires: z.iso.datetime().optional(),
  usages: z.array(z.enum(['signing', 'authentication'])).optional(),
  groups: z.array(z.string().regex(/^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/)).optional(),
})

export const Taint = z.strictObject({
  key: z.string(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  timeAdded: z.iso.datetime().optional(),
})

export const Networking = z.strictObject({
  serviceSubnet: z.cidrv4().optional(),
  podSubnet: z.cidrv4().optional(),
  dnsDomain: z.string().optional(),
})

export const HostPathMount = z.strictObject({
  name: z.string(),
  hostPath: z.string(),
  mountPath: z.string(),
  readOnly: z.boolean().optional(),
  pathType: z.string().optional(),
})

export const ImageMeta = { imageRepository: z.string().optional(), imageTag: z.string().optional() }

export const Discovery = {
  bootstrapToken: z
    .strictObject({
      token: Token,
      apiServerEndpoint: z
        .string()
        .regex(/^(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d+$/)
        .optional(),
      caCertHashes: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)).optional(),
      unsafeSkipCAVerification: z.boolean().optional(),
    })
    .optional(),
  file: z.strictObject({ kubeConfigPath: z.string() }).optional(),
  tlsBootstrapToken: z.string().optional(),
}

export const Patches = z.strictObject({ directory: z.string().optional() })

export const JoinControlPlane = z.strictObject({
  localAPIEndpoint: Endpoint.optional(),
  certificateKey: CertificateKey.optional(),
})

export const PullPolicy = z.enum(['Always', 'IfNotPresent', 'Never'])

export const ExternalEtcd = {
  endpoints: z.array(z.url()),
  caFile: z.string(),
  certFile: z.string(),
  keyFile: z.string(),
}
