import { z } from 'zod'
import { patchTargets, patchTypes } from '../distributions/patches.ts'
import { byDefault, defaults } from './defaults.ts'
import { componentArguments } from './schema-arguments.ts'
import { text } from './schema-parts.ts'
import { hostVolumes } from './schema-volumes.ts'

const argumentsOf = (whose: string, example: string) =>
  componentArguments(`Arguments for ${whose}, without leading dashes, e.g. ${example}.`)

const ComponentFile = z
  .strictObject({
    path: text(
      'Absolute path, the same on the machine and in the static pod. If the file is in a separate directory below /etc/kubernetes, the whole directory is mounted, so that the component notices when the file is replaced.',
      '/etc/kubernetes/oidc/ca.crt',
    ),
    argument: text('Argument of the component that takes this path.', 'oidc-ca-file').optional(),
    content: z.string().meta({ description: 'The text of the file.' }).optional(),
    source: text('Path of a file with the text, relative to the profile.', 'files/oidc-ca.crt').optional(),
    secret: z
      .boolean()
      .meta({
        description: `The text is a secret: its mode is ${defaults.secretFileMode}, and messages and diffs never show it.`,
      })
      .optional(),
  })
  .meta({ description: 'A file for a control plane component, with either content or source.' })

const configurationOf = (kind: string, whose: string, example: string) =>
  z
    .record(z.string(), z.json())
    .meta({
      description: `Further fields of ${kind} for ${whose} of the whole cluster, e.g. ${example}. The names and types are those of the release.`,
    })
    .optional()

const networks = (whose: string, key: 'podNetwork' | 'serviceNetwork', network6: string) =>
  z
    .union([z.string(), z.array(z.string()).min(1)])
    .meta({
      description: `Network of the ${whose}. Dual stack: a list of one IPv4 and one IPv6 network, starting with the primary family. ${byDefault(key)}`,
      examples: [defaults[key], [defaults[key], network6]],
    })
    .optional()

const componentFiles = (whose: string) =>
  z
    .array(ComponentFile)
    .meta({
      description: `Files for ${whose}, written on each control plane before kubeadm runs and mounted into the static pods.`,
    })
    .optional()

const Patch = z
  .strictObject({
    target: z.enum(patchTargets).meta({
      description:
        'What is patched: a static pod of the control plane, the configuration of the kubelets, or the deployment of CoreDNS.',
    }),
    type: z
      .enum(patchTypes)
      .meta({ description: `How the patch is applied, as with kubectl patch. ${byDefault('patchType')}` })
      .optional(),
    content: z
      .json()
      .meta({
        description: 'The patch: a mapping, for type json a list of operations, or the text of either.',
      })
      .optional(),
    source: text(
      'Path of a file with the patch, relative to the profile.',
      'files/kube-apiserver.yaml',
    ).optional(),
  })
  .meta({ description: 'A patch for something that kubeadm writes, with either content or source.' })

const certificateWays = ['upload-certs', 'preplaced'] as const

export const Kubernetes = z
  .strictObject({
    version: text('Kubernetes version, quoted.', '1.35.2'),
    podNetwork: networks('pods', 'podNetwork', 'fd00:10:244::/56'),
    serviceNetwork: networks('services', 'serviceNetwork', 'fd00:10:96::/112'),
    domain: text(byDefault('domain'), defaults.domain).optional(),
    nodeNames: z
      .enum(['short', 'full'])
      .meta({
        description: `Names of the nodes: short, as in machines[].name, or full, with network.searchDomain. The host names of the systems stay short. ${byDefault('nodeNames')}`,
      })
      .optional(),
    proxyMode: z
      .enum(['iptables', 'ipvs', 'nftables', 'none'])
      .meta({
        description: `Mode of kube-proxy. none: no kube-proxy, because the network plugin does its work (Cilium, Calico with eBPF). ${byDefault('proxyMode')}`,
      })
      .optional(),
    initializes: text(
      `Name of the control plane that runs kubeadm init. ${byDefault('initializes')}`,
      'control-plane-1',
    ).optional(),
    certificates: z
      .enum(certificateWays)
      .meta({
        description: `How joining control planes receive the CA keys. upload-certs: from the cluster, encrypted; preplaced: from their seeds. ${byDefault('certificates')}`,
      })
      .optional(),
    joinDeadlineHours: z
      .int()
      .min(1)
      .max(8760)
      .meta({
        description: `How many hours after kubeadm init machines of the profile can join without intervention. Until then, or until all control planes have joined, the token and the uploaded certificates are kept valid. ${byDefault('joinDeadlineHours')}`,
      })
      .optional(),
    certificateNames: z
      .array(text('Name or address.', 'api.example.com'))
      .meta({ description: "Additional names and addresses in the API servers' certificates." })
      .optional(),
    imageRepository: text(
      `Registry and path of the images of Kubernetes. ${byDefault('imageRepository')}`,
      'registry.example.com/kubernetes',
    ).optional(),
    featureGates: z
      .record(z.string(), z.boolean())
      .meta({ description: 'Feature gates for all Kubernetes components.' })
      .optional(),
    apiServerFiles: componentFiles('the API servers'),
    controllerManagerFiles: componentFiles('the controller managers'),
    schedulerFiles: componentFiles('the schedulers'),
    apiServerVolumes: hostVolumes('the API servers'),
    controllerManagerVolumes: hostVolumes('the controller managers'),
    schedulerVolumes: hostVolumes('the schedulers'),
    apiServerArguments: argumentsOf('the API servers', 'event-ttl: 2h'),
    controllerManagerArguments: argumentsOf('the controller managers', 'node-monitor-grace-period: 60s'),
    schedulerArguments: argumentsOf('the schedulers', 'kube-api-qps: "100"'),
    kubeletConfiguration: configurationOf('KubeletConfiguration', 'the kubelets', 'shutdownGracePeriod: 90s'),
    kubeProxyConfiguration: configurationOf(
      'KubeProxyConfiguration',
      'kube-proxy',
      'conntrack: { tcpBeLiberal: true }',
    ),
    patches: z
      .array(Patch)
      .meta({
        description:
          'Patches for what kubeadm writes, in this order, at init, join and upgrades (kubeadm --patches).',
      })
      .optional(),
    audit: z
      .strictObject({
        source: text(
          `Path of an audit policy, relative to the profile. ${byDefault('auditPolicy')}`,
          'files/audit-policy.yaml',
        ).optional(),
      })
      .meta({ description: 'Write an audit log on each control plane.' })
      .optional(),
    encryptionAtRest: z
      .strictObject({
        resources: z
          .array(text('API resource.', 'secrets'))
          .min(1)
          .meta({ description: `Resources to encrypt. ${byDefault('encryptedResources')}` })
          .optional(),
      })
      .meta({ description: 'Encrypt resources in etcd with a key from the secrets bundle.' })
      .optional(),
  })
  .meta({ description: 'Kubernetes: version, networks, and settings of its components.' })
