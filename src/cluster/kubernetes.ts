import type { Distribution } from '../distributions/distribution.ts'
import { oldestKernel } from '../distributions/kernels.ts'
import {
  compareVersions,
  nftablesProxyKernel,
  nftablesProxyMinor,
  parseKubernetesVersion,
} from '../distributions/kubernetes.ts'
import { parseNetwork } from '../network/addresses.ts'
import { defaults } from '../profile/defaults.ts'
import { isNodeRole, type Profile } from '../profile/schema.ts'
import {
  apiServerPort,
  type FileSetting,
  type Kubernetes,
  type Machine,
  type NamedArgument,
} from './cluster.ts'
import type { Choice } from './facts.ts'
import { fileSetting, type Sources } from './settings.ts'

/**
 * @param kernel major.minor of the oldest kernel among the nodes
 * @throws when the version or a network can't be read: rules of the profile have to find that first
 */
export function resolveKubernetes(
  given: Profile['kubernetes'],
  kernel: string,
  sources: Sources,
  { take, choose }: Choice,
): Kubernetes {
  const parsed = parseKubernetesVersion(given.version)
  if (!parsed) throw new Error(`not a Kubernetes version: ${given.version}`)
  const { minor, patch } = parsed
  const nftables =
    compareVersions(minor, nftablesProxyMinor) >= 0 && compareVersions(kernel, nftablesProxyKernel) >= 0
  const [proxyMode, proxyReason] = nftables
    ? ([
        'nftables',
        `stable from Kubernetes ${nftablesProxyMinor} on kernels from ${nftablesProxyKernel}`,
      ] as const)
    : ([
        'iptables',
        `nftables needs Kubernetes ${nftablesProxyMinor} and kernel ${nftablesProxyKernel}`,
      ] as const)
  return {
    version: take(['kubernetes', 'version'], `${minor}.${patch}`),
    minor,
    podNetwork: choose(
      ['kubernetes', 'podNetwork'],
      canonicalNetwork(given.podNetwork),
      defaults.podNetwork,
      'what most network plug-ins expect',
    ),
    serviceNetwork: choose(
      ['kubernetes', 'serviceNetwork'],
      canonicalNetwork(given.serviceNetwork),
      defaults.serviceNetwork,
      "the first sixteenth of kubeadm's default",
    ),
    domain: choose(['kubernetes', 'domain'], given.domain, defaults.domain, "kubeadm's default"),
    proxyMode: choose(['kubernetes', 'proxyMode'], given.proxyMode, proxyMode, proxyReason),
    apiServerPort,
    certificates: choose(
      ['kubernetes', 'certificates'],
      given.certificates,
      'upload-certs',
      'control planes fetch them from the cluster, encrypted',
    ),
    joinDeadlineHours: choose(['kubernetes', 'joinDeadlineHours'], given.joinDeadlineHours, 168, 'a week'),
    certificateNames: choose(
      ['kubernetes', 'certificateNames'],
      given.certificateNames,
      [],
      'names and addresses of the profile are in them anyway',
    ),
    imageRepository: choose(['kubernetes', 'imageRepository'], given.imageRepository, null, "kubeadm's own"),
    featureGates: choose(['kubernetes', 'featureGates'], given.featureGates, {}, 'as the release has them'),
    arguments: {
      apiServer: namedArguments('apiServer', given),
      controllerManager: namedArguments('controllerManager', given),
      scheduler: namedArguments('scheduler', given),
    },
    files: {
      apiServer: componentFiles('apiServer', given, sources),
      controllerManager: componentFiles('controllerManager', given, sources),
      scheduler: componentFiles('scheduler', given, sources),
    },
    audit: given.audit ? { policy: auditPolicy(given.audit, sources) } : null,
    encryptionAtRest: given.encryptionAtRest
      ? {
          resources: choose(
            ['kubernetes', 'encryptionAtRest', 'resources'],
            given.encryptionAtRest.resources,
            ['secrets'],
            'what is secret by its kind',
          ),
        }
      : null,
  }
}

type Component = 'apiServer' | 'controllerManager' | 'scheduler'

/** Those that stand with a file come last. */
function namedArguments(component: Component, given: Profile['kubernetes']): NamedArgument[] {
  const field = `${component}Arguments` as const
  const files = `${component}Files` as const
  return [
    ...Object.entries(given[field] ?? {}).map(([name, value]) => ({
      name,
      value: String(value),
      from: ['kubernetes', field, name],
    })),
    ...(given[files] ?? []).flatMap(({ argument, path }, index) =>
      argument === undefined
        ? []
        : [{ name: argument, value: path, from: ['kubernetes', files, index, 'argument'] }],
    ),
  ]
}

function componentFiles(component: Component, given: Profile['kubernetes'], sources: Sources): FileSetting[] {
  const field = `${component}Files` as const
  return (given[field] ?? []).map((file, index) => fileSetting(file, ['kubernetes', field, index], sources))
}

function auditPolicy({ source }: { source?: string | undefined }, sources: Sources): string | null {
  if (source === undefined) return null
  const text = sources.get(source)
  if (text === undefined) throw new Error(`no text for the audit policy ${source}`)
  return text
}

/** major.minor of the oldest kernel among the machines that kubelet and kube-proxy run on. */
export const kernelOfNodes = (machines: readonly Machine[], distribution: Distribution): string =>
  oldestKernel(
    distribution,
    machines
      .filter(({ role }) => isNodeRole(role))
      .map(({ settings }) => settings.kernelPackage?.name ?? null),
  )

function canonicalNetwork(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const network = parseNetwork(text)
  if (!network) throw new Error(`not a network: ${text}`)
  return network.text
}
