import { compareVersions } from '../text/versions.ts'

/** One minor release of Kubernetes. */
export type KubernetesRelease = {
  /** E.g. `1.36`. */
  minor: string
  /** The newest patch that this version of hakube knows. */
  lastPatch: number
  /** `lastPatch` is the last patch ever; otherwise a newer one may exist by now. */
  final: boolean
  /** Day on which maintenance ends or ended. */
  endOfLife: string
  /** That day is in the past, as of this version of hakube. */
  ended: boolean
  /** pkgs.k8s.io has its packages. Those of older releases were removed on 2024-03-04 (kubernetes/release#3485). */
  packages: boolean
}

/*
 * Final patches and ends of life until 1.32: data/releases/eol.yaml in kubernetes/website. Later ones:
 * https://kubernetes.io/releases/1.33/ and so on, and the newest patches known in September 2026; 1.33.13 and 1.34.12 are not known to be
 * the last. pkgs.k8s.io starts with 1.24: https://kubernetes.io/blog/2023/08/15/pkgs-k8s-io-introduction/
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

/** The date of these facts. The clock is not used, so that a profile gives the same result every day. */
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
 * The feature gate of dual-stack: alpha and off in 1.20, on by default from 1.21
 * (https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates-removed/).
 */
export const dualStackGate = 'IPv6DualStack'
export const firstMinorOfDualStack = '1.21'

/** The minimum kernel of kube-proxy's nftables mode (https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables). */
export const nftablesProxyKernel = '5.13'

/** The first release with a stable nftables mode of kube-proxy (KEP-3866). */
export const nftablesProxyMinor = '1.33'

/**
 * The gate of that mode before: alpha and off from 1.29 on, beta and on from 1.31 on, always on from 1.33 on
 * (https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/).
 */
export const nftablesProxyGate = { name: 'NFTablesProxyMode', first: '1.29', on: '1.31' } as const

/** The packages, with one repository for each minor release: `…/v1.36/deb/` and `…/v1.36/rpm/`. */
export const kubernetesMirror = 'https://pkgs.k8s.io/core:/stable:'

/**
 * The last release whose repository apt of Debian 13 rejects: it was not published again since the build service makes version 4
 * signatures for Debian (openSUSE/open-build-service#18807, November 2025). That of 1.30 is known to be rejected
 * (gardenlinux/gardenlinux#4227, kubernetes/release#3869); 1.31 ended on the day of that change; all later ones had patches after it.
 */
export const lastMinorWithOldSignatures = '1.31'

/*
 * kubeadm's preflight rejects an external etcd older than this (MinExternalEtcdVersion in cmd/kubeadm/app/constants/constants.go).
 * 3.4.13: kubernetes/kubernetes#118733; 3.5.24: kubernetes/kubernetes#134779, also in later patches of older releases.
 */
const newEtcdFrom: Readonly<Record<string, number>> = { '1.31': 14, '1.32': 10, '1.33': 6, '1.34': 2 }

/** The oldest external etcd that a Kubernetes version accepts. */
export function oldestEtcd(minor: string, patch: number): string {
  if (compareVersions(minor, '1.28') < 0) return '3.4.0'
  if (compareVersions(minor, '1.35') >= 0 || patch >= (newEtcdFrom[minor] ?? Infinity)) return '3.5.24'
  return '3.4.13'
}

/**
 * The etcd release that kubeadm runs (SupportedEtcdVersion in cmd/kubeadm/app/constants/constants.go): 3.4 until 1.21, 3.5 until 1.33,
 * 3.6 from 1.34 on.
 */
export function stackedEtcd(minor: string): string {
  if (compareVersions(minor, '1.34') >= 0) return '3.6'
  return compareVersions(minor, '1.22') >= 0 ? '3.5' : '3.4'
}

/**
 * The first Kubernetes release that works with containerd 2: older kubelets use CRI v1alpha2, which it no longer supports
 * (https://github.com/containerd/containerd/blob/main/docs/containerd-2.0.md, kubernetes/kubernetes#106006).
 */
export const firstMinorOfContainerd2 = '1.23'

/** The first release whose kubelet needs cri-dockerd for Docker (kubernetes/kubernetes#97252). */
export const firstMinorOfCriDockerd = '1.24'

/** The last Kubernetes release with which containerd 1.x is tested: https://containerd.io/releases/#kubernetes-support */
export const lastTestedMinorOfContainerd1 = '1.35'

/**
 * The last Kubernetes release that works with containerd 1.x, which cannot report the cgroup driver to the kubelet; from 1.38 on, the
 * kubelet accepts it from nowhere else. Planned for 1.36, and postponed twice: kubernetes/kubernetes#136846, #139121.
 */
export const lastMinorOfContainerd1 = '1.37'

/**
 * Parses `1.36.4` or `v1.36.4`.
 *
 * @returns null for anything else
 */
export function parseKubernetesVersion(version: string): { minor: string; patch: number } | null {
  const [, minor, patch] = /^v?(1\.(?:0|[1-9]\d*))\.(0|[1-9]\d*)$/.exec(version) ?? []
  return minor === undefined || patch === undefined ? null : { minor, patch: Number(patch) }
}

/**
 * What is known about a version: `known`; `newer` than the releases that hakube knows, so it may exist; `impossible`: it was never
 * released and never will be; `malformed`.
 */
export type KubernetesVersionState =
  | { state: 'known'; release: KubernetesRelease }
  | { state: 'newer'; release: KubernetesRelease | null }
  | { state: 'impossible'; release: KubernetesRelease | null }
  | { state: 'malformed' }

/** @param version `1.36.4` or `v1.36.4` */
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
