import type { Distribution } from '../distributions/distribution.ts'
import {
  compareVersions,
  nftablesProxyKernel,
  nftablesProxyMinor,
  parseKubernetesVersion,
} from '../distributions/kubernetes.ts'
import { parseNetwork } from '../network/addresses.ts'
import type { Profile } from '../profile/schema.ts'
import { apiServerPort, type Kubernetes } from './cluster.ts'
import type { Choice } from './facts.ts'

/** @throws when the version or a network can't be read: rules of the profile have to find that first */
export function resolveKubernetes(
  given: Profile['kubernetes'],
  distribution: Distribution,
  { take, choose }: Choice,
): Kubernetes {
  const parsed = parseKubernetesVersion(given.version)
  if (!parsed) throw new Error(`not a Kubernetes version: ${given.version}`)
  const { minor, patch } = parsed
  const nftables =
    compareVersions(minor, nftablesProxyMinor) >= 0 &&
    compareVersions(distribution.kernel, nftablesProxyKernel) >= 0
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
      '10.244.0.0/16',
      'what most network plug-ins expect',
    ),
    serviceNetwork: choose(
      ['kubernetes', 'serviceNetwork'],
      canonicalNetwork(given.serviceNetwork),
      '10.96.0.0/16',
      "the first sixteenth of kubeadm's default",
    ),
    domain: choose(['kubernetes', 'domain'], given.domain, 'cluster.local', "kubeadm's default"),
    proxyMode: choose(['kubernetes', 'proxyMode'], given.proxyMode, proxyMode, proxyReason),
    apiServerPort,
  }
}

function canonicalNetwork(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const network = parseNetwork(text)
  if (!network) throw new Error(`not a network: ${text}`)
  return network.text
}
