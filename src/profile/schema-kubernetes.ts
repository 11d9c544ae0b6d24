import { z } from 'zod'
import { defaults } from './defaults.ts'
import { componentArguments } from './schema-arguments.ts'
import { text } from './schema-parts.ts'

const argumentsOf = (whose: string, example: string) =>
  componentArguments(`Arguments of ${whose} without leading dashes, e.g. ${example}.`)

const ComponentFile = z
  .strictObject({
    path: text(
      'Absolute path, on the machines and in the static pod. Of a file in a directory of its own below /etc/kubernetes the whole directory is mounted, so that the component sees when it is replaced.',
      '/etc/kubernetes/oidc/ca.crt',
    ),
    argument: text('The argument of the component that names the file.', 'oidc-ca-file').optional(),
    content: z.string().meta({ description: 'The text itself.' }).optional(),
    source: text('A file beside the profile that holds the text.', 'files/oidc-ca.crt').optional(),
    secret: z
      .boolean()
      .meta({ description: 'The text is a secret: its mode is 0600, and no message and no diff shows it.' })
      .optional(),
  })
  .meta({ description: 'A file that a component of the control plane reads: either content or source.' })

const componentFiles = (whose: string) =>
  z
    .array(ComponentFile)
    .meta({
      description: `Files that ${whose} read: written on each control plane before kubeadm runs, and mounted into the static pods.`,
    })
    .optional()

const certificateWays = ['upload-certs', 'preplaced'] as const

export const Kubernetes = z
  .strictObject({
    version: text('Version to install, quoted.', '1.35.2'),
    podNetwork: text(`Default: ${defaults.podNetwork}.`, defaults.podNetwork).optional(),
    serviceNetwork: text(`Default: ${defaults.serviceNetwork}.`, defaults.serviceNetwork).optional(),
    domain: text('Default: cluster.local.', 'cluster.local').optional(),
    proxyMode: z
      .enum(['iptables', 'ipvs', 'nftables'])
      .meta({
        description:
          'How kube-proxy forwards. Default: nftables from Kubernetes 1.33 on kernels from 5.13, otherwise iptables.',
      })
      .optional(),
    initializes: text(
      'Name of the control plane that runs kubeadm init. Default: the first one.',
      'control-plane-1',
    ).optional(),
    certificates: z
      .enum(certificateWays)
      .meta({
        description:
          'How further control planes come by the keys of the authorities. upload-certs: from the cluster, encrypted; preplaced: each has them from its seed. Default: upload-certs.',
      })
      .optional(),
    joinDeadlineHours: z
      .int()
      .min(1)
      .max(8760)
      .meta({
        description:
          'How long after kubeadm init the machines of the profile can join by themselves: so long, or until all control planes have joined, token and uploaded certificates are kept fresh. Default: 168.',
      })
      .optional(),
    certificateNames: z
      .array(text('Name or address.', 'api.example.com'))
      .meta({ description: "More names and addresses in the API servers' certificates." })
      .optional(),
    imageRepository: text(
      'Where the images of Kubernetes itself come from. Default: as kubeadm has it.',
      'registry.example.com/kubernetes',
    ).optional(),
    featureGates: z
      .record(z.string(), z.boolean())
      .meta({ description: 'Feature gates of all components of Kubernetes.' })
      .optional(),
    apiServerFiles: componentFiles('the API servers'),
    controllerManagerFiles: componentFiles('the controller managers'),
    schedulerFiles: componentFiles('the schedulers'),
    apiServerArguments: argumentsOf('the API servers', 'event-ttl: 2h'),
    controllerManagerArguments: argumentsOf('the controller managers', 'node-monitor-grace-period: 60s'),
    schedulerArguments: argumentsOf('the schedulers', 'kube-api-qps: "100"'),
    audit: z
      .strictObject({
        source: text(
          "A file beside the profile with an audit policy. Default: hakube's own, which logs who changed what, and no secrets.",
          'files/audit-policy.yaml',
        ).optional(),
      })
      .meta({ description: 'Keep an audit log on each control plane.' })
      .optional(),
    encryptionAtRest: z
      .strictObject({
        resources: z
          .array(text('Resource as the API has it.', 'secrets'))
          .min(1)
          .meta({ description: 'What is encrypted. Default: secrets.' })
          .optional(),
      })
      .meta({ description: 'Encrypt objects in etcd, with a key from the secrets bundle.' })
      .optional(),
  })
  .meta({ description: 'Kubernetes itself.' })
