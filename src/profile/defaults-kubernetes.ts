import type { Distribution } from '../distributions/distribution.ts'
import {
  firstMinorOfContainerd2,
  nftablesProxyKernel,
  nftablesProxyMinor,
} from '../distributions/kubernetes.ts'
import { compareVersions } from '../text/versions.ts'
import { always, depends } from './default.ts'

/** Defaults of Kubernetes, its networks and the container runtime: a part of `defaultOf`. */
export const kubernetesDefaults = {
  podNetwork: always('10.244.0.0/16', 'what most network plugins expect'),
  serviceNetwork: always('10.96.0.0/16', "the first sixteenth of kubeadm's default"),
  domain: always('cluster.local', "kubeadm's default"),
  proxyMode: depends(
    `nftables with Kubernetes ${nftablesProxyMinor} or later on kernel ${nftablesProxyKernel} or later, otherwise iptables`,
    ({ minor, kernel }: { minor: string; kernel: string }) =>
      compareVersions(minor, nftablesProxyMinor) >= 0 && compareVersions(kernel, nftablesProxyKernel) >= 0
        ? {
            value: 'nftables',
            reason: `stable with Kubernetes ${nftablesProxyMinor} or later on kernel ${nftablesProxyKernel} or later`,
          }
        : {
            value: 'iptables',
            reason: `nftables needs Kubernetes ${nftablesProxyMinor} and kernel ${nftablesProxyKernel}`,
          },
  ),
  initializes: depends('the first one', (name: string) => ({
    value: name,
    reason: 'the first control plane in the profile runs kubeadm init',
  })),
  nodeNames: always('short', 'the host names of the machines'),
  certificates: always('upload-certs', 'control planes fetch them from the cluster, encrypted'),
  joinDeadlineHours: always(168, 'a week'),
  certificateNames: always([], 'the names and addresses of the profile are always included'),
  featureGates: always({}, "the release's own"),
  imageRepository: always(null, "kubeadm's own", "kubeadm's"),
  auditPolicy: always(
    null,
    'it shows who changed what',
    "hakube's policy, which logs every change and its author, but no secrets",
  ),
  encryptedResources: always(['secrets'], 'objects that are secret by nature'),

  containerRuntime: always('containerd', 'what most clusters use'),
  runtimePackages: depends(
    "docker, or distribution if the Kubernetes version is too old for Docker's",
    ({ runtime, distribution, minor }: { runtime: string; distribution: Distribution; minor: string }) => {
      if (runtime === 'docker') return { value: 'docker', reason: "it follows Docker's releases" }
      const isTooNew =
        distribution.containerdConfiguration === 3 && compareVersions(minor, firstMinorOfContainerd2) < 0
      return distribution.ownContainerd && isTooNew
        ? { value: 'distribution', reason: `Docker's is too new for Kubernetes ${minor}` }
        : { value: 'docker', reason: "it follows containerd's releases" }
    },
  ),
  networkPlugin: always('other', 'files, commands and manifests in the profile install one'),

  cniPlugins: always(
    null,
    'the kubelet requires it',
    'the package kubernetes-cni, which is installed with the kubelet',
  ),
}

/** The prefix length of a node's pod subnet: kube-controller-manager's default. */
export const usualNodeMask = 24
/** The same for IPv6 (DefaultNodeMaskCIDRIPv6 in cmd/kube-controller-manager/app/core.go). */
export const usualNodeMask6 = 64

/** The maximum number of pods on a node: the kubelet's default. */
export const usualMaxPods = 110
