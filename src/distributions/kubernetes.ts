import { compareVersions } from '../text/versions.ts'

/** One minor release of Kubernetes. */
export type KubernetesRelease = {
  /** E.g. `1.36`. */
  minor: string
  /** The newest patch that this version of hakube knows. */
  lastPatch: number
  /** No patch came after `lastPatch` and none will; otherwise a higher one may exist by now. */
  final: boolean
  /** Day on which its maintainers stop, or stopped. */
  endOfLife: string
  /** That day is over, as of this version of hakube. */
  ended: boolean
  /** pkgs.k8s.io has packages of it. Those of older ones went away on 2024-03-04 (kubernetes/release#3485). */
  packages: boolean
}

/*
 * Final patches and ends of life until 1.32: data/releases/eol.yaml in kubernetes/website. The rest: https://kubernetes.io/releases/1.33/
 * and so on, the newest patches seen anywhere in September 2026; 1.33.13 and 1.34.12 are not known to be the last.
 * pkgs.k8s.io begins with 1.24: https://kubernetes.io/blog/2023/08/15/pkgs-k8s-io-introduction/
 */
const lastPatches: readonly [minor: number, lastPatch: number, endOfLife: string, final: boolean][] = [
  [20, 15, '2022-02-28', true],
  [21, 14, '2022-06-28', true],
  [22, 17, '2022-12-08', true],
  [23, 17, '2023-02-28', true],
  [24, 17, '2023-07-28', true],
  [25, 16, '2023-10-28', true],
  [26, 15, '2024-02-28', true],
  [27, 16, '2024-07-16', true],
  [28, 15, '2024-10-22', true],
  [29, 14, '2025-02-28', true],
  [30, 14, '2025-07-15', true],
  [31, 14, '2025-11-11', true],
  [32, 13, '2026-02-28', true],
  [33, 13, '2026-06-28', false],
  [34, 12, '2026-10-27', false],
  [35, 9, '2027-02-28', false],
  [36, 5, '2027-06-28', false],
  [37, 1, '2027-10-28', false],
]

/** Day of which all this is. No clock is asked: the same profile gives the same words each day. */
const asOf = '2026-11-21'

/** Every minor release that hakube knows, oldest first. */
export const kubernetesReleases: readonly KubernetesRelease[] = lastPatches.map(
  ([minor, lastPatch, endOfLife, final]) => ({
    minor: `1.${minor}`,
    lastPatch,
    final,
    endOfLife,
    ended: endOfLife < asOf,
    packages: minor >= 24,
  }),
)

/**
 * The feature gate of two address families: alpha and off in 1.20, on by itself from 1.21
 * (https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates-removed/).
 */
export const dualStackGate = 'IPv6DualStack'
export const firstMinorOfDualStack = '1.21'

/** kube-proxy's nftables mode needs it (https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables). */
export const nftablesProxyKernel = '5.13'

/** kube-proxy's nftables mode is stable from here (KEP-3866). */
export const nftablesProxyMinor = '1.33'

/** Where the packages are, one repository for each minor: `…/v1.36/deb/` and `…/v1.36/rpm/`. */
export const kubernetesMirror = 'https://pkgs.k8s.io/core:/stable:'

/**
 * The last whose repository apt of Debian 13 refuses: nobody has published it again since the build service makes signatures of
 * version 4 for Debian (openSUSE/open-build-service#18807, November 2025). That of 1.30 was seen to be refused
 * (gardenlinux/gardenlinux#4227, kubernetes/release#3869); 1.31 ended on the day of that change; all later ones had patches after it.
 */
export const lastMinorWithOldSignatures = '1.31'

/*
 * kubeadm's preflight refuses an external etcd that is older (MinExternalEtcdVersion in cmd/kubeadm/app/constants/constants.go).
 * 3.4.13: kubernetes/kubernetes#118733; 3.5.24: kubernetes/kubernetes#134779, also in the later patches of older releases.
 */
const newEtcdFrom: Readonly<Record<string, number>> = { '1.31': 14, '1.32': 10, '1.33': 6, '1.34': 2 }

/** The oldest etcd outside of kubeadm that a Kubernetes version works with. */
export function oldestEtcd(minor: string, patch: number): string {
  if (compareVersions(minor, '1.28') < 0) return '3.4.0'
  if (compareVersions(minor, '1.35') >= 0 || patch >= (newEtcdFrom[minor] ?? Infinity)) return '3.5.24'
  return '3.4.13'
}

/**
 * The release of etcd that kubeadm runs (SupportedEtcdVersion in cmd/kubeadm/app/constants/constants.go): 3.4 until 1.21, 3.5 until
 * 1.33, 3.6 from 1.34 on.
 */
export function stackedEtcd(minor: string): string {
  if (compareVersions(minor, '1.34') >= 0) return '3.6'
  return compareVersions(minor, '1.22') >= 0 ? '3.5' : '3.4'
}

/**
 * The first Kubernetes that containerd 2 can serve: older kubelets speak CRI v1alpha2, which it has not got any more
 * (https://github.com/containerd/containerd/blob/main/docs/containerd-2.0.md, kubernetes/kubernetes#106006).
 */
export const firstMinorOfContainerd2 = '1.23'

/** From here the kubelet does not speak to Docker itself, so cri-dockerd has to (kubernetes/kubernetes#97252). */
export const firstMinorOfCriDockerd = '1.24'

/** The last Kubernetes that containerd is tested with in a version 1.x: https://containerd.io/releases/#kubernetes-support */
export const lastTestedMinorOfContainerd1 = '1.35'

/**
 * The last Kubernetes that works with containerd 1.x. That cannot tell the kubelet the driver of control groups, and from 1.38 on the
 * kubelet takes it from nowhere else. Meant for 1.36 first, put off twice: kubernetes/kubernetes#136846, #139121.
 */
export const lastMinorOfContainerd1 = '1.37'

/** `1.36.4` or `v1.36.4`. @returns null when the text is neither */
export function parseKubernetesVersion(version: string): { minor: string; patch: number } | null {
  const [, minor, patch] = /^v?(1\.(?:0|[1-9]\d*))\.(0|[1-9]\d*)$/.exec(version) ?? []
  return minor === undefined || patch === undefined ? null : { minor, patch: Number(patch) }
}

/**
 * What is known about a version: `known`; `newer` than this hakube knows, so it may exist; `impossible`: it was never released
 * and never will be; `malformed`.
 */
export type KubernetesVersionState =
  | { state: 'known'; release: KubernetesRelease }
  | { state: 'newer'; release: KubernetesRelease | null }
  | { state: 'impossible'; release: KubernetesRelease | null }
  | { state: 'malformed' }

/** @param version as people write it: `1.36.4` or `v1.36.4` */
export function judgeKubernetesVersion(version: string): KubernetesVersionState {
  const parsed = parseKubernetesVersion(version)
  if (!parsed) return { state: 'malformed' }
  const release = kubernetesReleases.find((each) => each.minor === parsed.minor)
  if (release) {
    if (parsed.patch <= release.lastPatch) return { state: 'known', release }
    return { state: release.final ? 'impossible' : 'newer', release }
  }
  const newest = kubernetesReleases.at(-1)?.minor ?? '1.0'
  return { state: compareVersions(parsed.minor, newest) > 0 ? 'newer' : 'impossible', release: null }
}
