import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import {
  judgeKubernetesVersion,
  kubernetesReleases,
  lastMinorWithOldSignatures,
  nftablesProxyGate,
  nftablesProxyKernel,
  nftablesProxyMinor,
  parseKubernetesVersion,
} from '../../distributions/kubernetes.ts'
import { compareVersions } from '../../text/versions.ts'
import type { Profile } from '../schema.ts'
import { allNodesHaveNewerKernel, oldestNodeKernel } from './kernels.ts'
import type { KnownSystem } from '../systems.ts'
import { nodeSystems, onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'

const path = ['kubernetes', 'version']
const releases = 'https://kubernetes.io/releases/'

/** The Kubernetes version: whether it exists, and whether the distribution can run it. */
export const kubernetesRules: Rule = ({ profile }) => {
  const wrong = checkVersion(profile.kubernetes.version, profile.mirrors?.kubernetes !== undefined)
  if (wrong.some((each) => each.severity === 'error')) return wrong
  return [
    ...wrong,
    ...onEach(profile, nodeSystems(profile), (system) => [
      ...checkSignature(profile, system),
      ...checkDistribution(profile, system),
    ]),
    ...checkProxyMode(profile),
  ]
}

const newest = kubernetesReleases.at(-1)
const newestVersion = newest ? `${newest.minor}.${newest.lastPatch}` : ''
/** Three minor releases a year (https://kubernetes.io/releases/release/): one that is further away is a typing error. */
const plausibleMinors = 3
/** One patch a month for fourteen months. */
const plausiblePatches = 14

const minorNumber = (minor: string): number => Number(minor.split('.')[1])

/** @param ownPackages a mirror of the profile may have packages that were removed elsewhere */
function checkVersion(version: string, ownPackages: boolean): Diagnostic[] {
  const judged = judgeKubernetesVersion(version)
  const missing = (hint: string) =>
    error('kubernetes/no-such-version', `there is no Kubernetes ${version}`, { hint, path, source: releases })
  switch (judged.state) {
    case 'malformed':
      return [malformed(version)]
    case 'impossible': {
      const { release } = judged
      const last = release
        ? `the last release of ${release.minor} is ${release.minor}.${release.lastPatch}`
        : null
      return [missing(last ?? `the newest that this hakube knows is ${newestVersion}`)]
    }
    case 'newer': {
      const parsed = parseKubernetesVersion(version)
      const { release } = judged
      const tooFar = release
        ? (parsed?.patch ?? 0) > release.lastPatch + plausiblePatches
        : minorNumber(parsed?.minor ?? '') > minorNumber(newest?.minor ?? '') + plausibleMinors
      const known = release ? `${release.minor}.${release.lastPatch}` : newestVersion
      if (tooFar) return [missing(`the newest that this hakube knows is ${known}`)]
      return [
        warning('kubernetes/newer', `Kubernetes ${version} is newer than this hakube, which knows ${known}`, {
          hint: `use "${known}", or try it on a test cluster first`,
          path,
          source: releases,
        }),
      ]
    }
    case 'known': {
      const { release } = judged
      if (!release.packages && !ownPackages) {
        return [
          error('kubernetes/no-packages', `packages of Kubernetes ${version} are no longer published`, {
            hint: `use "${newestVersion}"; the public repositories begin with 1.24, or set mirrors.kubernetes to your own`,
            path,
            source: 'https://kubernetes.io/blog/2023/08/31/legacy-package-repository-deprecation/',
          }),
        ]
      }
      if (!release.ended) return []
      const message = `Kubernetes ${release.minor} has had no security updates since ${release.endOfLife}`
      return [
        warning('kubernetes/end-of-life', message, {
          hint: `use "${newestVersion}"`,
          path,
          source: releases,
        }),
      ]
    }
    default:
      return judged satisfies never
  }
}

function malformed(version: string): Diagnostic {
  const minor = /^v?(\d+\.\d+)\.?x?$/i.exec(version)?.[1]
  const release = kubernetesReleases.find((each) => each.minor === minor)
  const hint = release
    ? `write the whole version: "${release.minor}.${release.lastPatch}"`
    : `write three numbers, e.g. "${newestVersion}"`
  const shown = inQuotes(version, 40)
  return error('kubernetes/malformed-version', `${shown} is not a Kubernetes version`, { hint, path })
}

/** Whether the distribution accepts the signature of the packages. */
function checkSignature({ kubernetes, mirrors }: Profile, { distribution }: KnownSystem): Diagnostic[] {
  const parsed = parseKubernetesVersion(kubernetes.version)
  if (!distribution.refusesOldSignatures || !parsed || mirrors?.kubernetes !== undefined) return []
  if (compareVersions(parsed.minor, lastMinorWithOldSignatures) > 0) return []
  return [
    warning(
      'kubernetes/signature',
      `apt of ${distribution.title} has rejected the signature of the Kubernetes ${parsed.minor} packages since 2026-02-01`,
      {
        hint: `use "${newestVersion}", or set mirrors.kubernetes to a mirror that signs packages itself, and mirrors.keys.kubernetes to its key`,
        path,
        source: 'https://github.com/kubernetes/release/issues/3869',
      },
    ),
  ]
}

function checkDistribution(profile: Profile, system: KnownSystem): Diagnostic[] {
  const { kubernetes } = profile
  const { choice, distribution } = system
  const parsed = parseKubernetesVersion(kubernetes.version)
  if (!parsed) return []
  const related = [
    { path: choice.version?.path ?? choice.path, message: `${distribution.title} is selected here` },
  ]
  const { title } = distribution
  const last = allNodesHaveNewerKernel(profile, system)
    ? distribution.lastKubernetesOnNewerKernel
    : distribution.lastKubernetes
  if (last && compareVersions(parsed.minor, last.minor) > 0) {
    return [
      error('kubernetes/distribution', `${title} cannot run Kubernetes ${parsed.minor}: ${last.reason}`, {
        hint: `use a newer distribution, or Kubernetes ${last.minor}`,
        path,
        related,
        source: last.source,
      }),
    ]
  }
  if (distribution.cgroups === 1 && compareVersions(parsed.minor, '1.35') >= 0) {
    return [
      error(
        'kubernetes/cgroup-v1',
        `the kubelet ${parsed.minor} does not support control groups v1, which ${title} uses`,
        {
          hint: 'use a newer distribution',
          path,
          related,
          source: 'https://github.com/kubernetes/enhancements/issues/5573',
        },
      ),
    ]
  }
  return []
}

function checkProxyMode(profile: Profile): Diagnostic[] {
  const { kubernetes } = profile
  const { proxyMode } = kubernetes
  const parsed = parseKubernetesVersion(kubernetes.version)
  if (!parsed || proxyMode === undefined) return []
  const place = { path: ['kubernetes', 'proxyMode'] }
  if (proxyMode === 'ipvs' && compareVersions(parsed.minor, '1.35') >= 0) {
    return [
      warning('kubernetes/ipvs', 'the ipvs mode of kube-proxy has been deprecated since Kubernetes 1.35', {
        hint: 'write nftables, or remove proxyMode: hakube selects the best mode for the distribution',
        ...place,
        source: 'https://github.com/kubernetes/enhancements/issues/5495',
      }),
    ]
  }
  if (proxyMode !== 'nftables') return []
  const source = 'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables'
  const hint = 'write iptables, or remove proxyMode'
  const onKernels = onEach(profile, nodeSystems(profile), (system) => {
    const kernel = oldestNodeKernel(profile, system)
    if (compareVersions(kernel, nftablesProxyKernel) >= 0) return []
    const whose = kernel === system.distribution.kernel ? system.distribution.title : 'ELRepo'
    const message = `the nftables mode needs kernel ${nftablesProxyKernel}, but ${whose} has ${kernel}`
    return [error('kubernetes/nftables', message, { hint, ...place, source })]
  })
  if (onKernels.length > 0) return onKernels
  return checkNftablesRelease(kubernetes, parsed.minor)
}

/** Where the mode is not stable, it depends on a feature gate; by default hakube selects it only where it is stable. */
function checkNftablesRelease({ featureGates = {} }: Profile['kubernetes'], minor: string): Diagnostic[] {
  if (compareVersions(minor, nftablesProxyMinor) >= 0) return []
  const { name, first, on } = nftablesProxyGate
  const isThere = compareVersions(minor, first) >= 0
  const isOn = featureGates[name] ?? compareVersions(minor, on) >= 0
  if (isThere && isOn) return []
  const others = 'write iptables, or remove proxyMode'
  const gate =
    compareVersions(minor, on) >= 0 ? `remove featureGates.${name}` : `write featureGates: {${name}: true}`
  return [
    error(
      'kubernetes/nftables',
      isThere
        ? `the feature gate ${name} is off, without which kube-proxy of Kubernetes ${minor} has no nftables mode`
        : `kube-proxy has an nftables mode from Kubernetes ${first} on, and this is ${minor}`,
      {
        hint: isThere ? `${gate}; or ${others}` : others,
        path: ['kubernetes', 'proxyMode'],
        source: 'https://github.com/kubernetes/enhancements/issues/3866',
      },
    ),
  ]
}
