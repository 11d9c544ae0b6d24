import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { firstMinorOfCriO } from '../../distributions/cri-o.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import {
  firstMinorOfContainerd2,
  firstMinorOfCriDockerd,
  lastMinorOfContainerd1,
  lastTestedMinorOfContainerd1,
  parseKubernetesVersion,
} from '../../distributions/kubernetes.ts'
import { compareVersions } from '../../text/versions.ts'
import type { Profile } from '../schema.ts'
import { nodeSystems, onEach } from './of-systems.ts'
import { settingsPlaces, type Rule } from './rule.ts'

type Given = NonNullable<Profile['containerRuntime']>

const at = (key: string): Path => ['containerRuntime', key]

/** Whether the container runtime is available, and supports the Kubernetes version. */
export const containerRuntimeRules: Rule = ({ profile }) => {
  const given: Given = profile.containerRuntime ?? {}
  const minor = parseKubernetesVersion(profile.kubernetes.version)?.minor
  const diagnostics = [...checkUnused(given, minor), ...checkFiles(profile)]
  if (minor === undefined) return diagnostics
  return [
    ...diagnostics,
    ...onEach(profile, nodeSystems(profile), ({ distribution }) => {
      if (given.name === 'cri-o') return checkCriO(minor)
      if (given.name === 'docker') return checkDocker(given, distribution, minor)
      return checkContainerd(given, distribution, minor)
    }),
  ]
}

const usesCriDockerd = (minor: string): boolean => compareVersions(minor, firstMinorOfCriDockerd) >= 0

function checkUnused(given: Given, minor: string | undefined): Diagnostic[] {
  const unused = (key: keyof Given, message: string) =>
    warning('container-runtime/unused', message, { hint: `remove ${key}`, path: at(key), onKey: true })
  const diagnostics: Diagnostic[] = []
  if (given.name === 'cri-o' && given.packages !== undefined)
    diagnostics.push(
      unused('packages', 'packages has no effect: CRI-O packages always come from the CRI-O project'),
    )
  if (given.criDockerd && given.name !== 'docker')
    diagnostics.push(unused('criDockerd', 'criDockerd has no effect: only Docker uses cri-dockerd'))
  else if (given.criDockerd && minor !== undefined && !usesCriDockerd(minor))
    diagnostics.push(
      unused('criDockerd', `criDockerd has no effect: the kubelet ${minor} talks to Docker directly`),
    )
  return diagnostics
}

/** Files of Docker belong to the user if the cluster uses another container runtime. */
function checkFiles(profile: Profile): Diagnostic[] {
  if (profile.containerRuntime?.name !== 'docker') return []
  return [...settingsPlaces(profile)].flatMap(({ path, settings }) =>
    (settings.files ?? []).flatMap((file, index) =>
      file.path === '/etc/docker/daemon.json'
        ? [
            error('files/reserved', `hakube writes ${file.path} itself`, {
              hint: 'remove the file: containerRuntime and mirrors determine its content',
              path: [...path, 'files', index, 'path'],
            }),
          ]
        : [],
    ),
  )
}

function checkCriO(minor: string): Diagnostic[] {
  if (compareVersions(minor, firstMinorOfCriO) >= 0) return []
  return [
    error('container-runtime/no-package', `there are no packages of CRI-O ${minor}`, {
      hint: `use Kubernetes ${firstMinorOfCriO} or later, or write name: containerd`,
      path: at('name'),
      source: 'https://github.com/cri-o/packaging#stable-versions',
    }),
  ]
}

function checkDocker(
  { packages, criDockerd }: Given,
  distribution: Distribution,
  minor: string,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  if (packages === 'distribution' && !distribution.ownDocker) {
    const message = `${distribution.title} does not package Docker`
    diagnostics.push(
      error('container-runtime/no-package', message, { hint: 'write docker', path: at('packages') }),
    )
  }
  if (!criDockerd && usesCriDockerd(minor)) {
    diagnostics.push(
      error(
        'container-runtime/no-cri-dockerd',
        `the kubelet ${minor} does not talk to Docker directly: it needs cri-dockerd`,
        {
          hint: 'set criDockerd with path and sha256 of a release from https://github.com/Mirantis/cri-dockerd/releases',
          path: at('name'),
          source: 'https://kubernetes.io/blog/2022/02/17/dockershim-faq/',
        },
      ),
    )
  }
  return diagnostics
}

/** The containerd on nodes, with the version of its configuration. */
export function takenContainerd(
  given: Given['packages'],
  distribution: Distribution,
  minor: string,
): { package: string | null; configuration: 2 | 3 } {
  const { containerdConfiguration: configuration, ownContainerd: own, packages } = distribution
  const isTooNew = configuration === 3 && compareVersions(minor, firstMinorOfContainerd2) < 0
  if (own && (given === 'distribution' || (given === undefined && isTooNew))) return own
  return { package: packages.containerd, configuration }
}

function checkContainerd(
  { packages: given }: Given,
  distribution: Distribution,
  minor: string,
): Diagnostic[] {
  const own = distribution.ownContainerd
  const path = given === undefined ? ['kubernetes', 'version'] : at('packages')
  if (given === 'distribution' && !own) {
    const message = `${distribution.title} does not package containerd`
    return [error('container-runtime/no-package', message, { hint: 'write docker', path })]
  }
  const isOld = compareVersions(minor, firstMinorOfContainerd2) < 0
  const taken = takenContainerd(given, distribution, minor)
  if (taken.configuration === 3 && isOld) {
    return [
      error(
        'container-runtime/too-new',
        `Kubernetes ${minor} cannot talk to containerd 2 (${taken.package})`,
        {
          hint: own
            ? 'write distribution, or remove packages'
            : `use Kubernetes ${firstMinorOfContainerd2} or later, or a distribution that packages containerd`,
          path,
          source: 'https://github.com/containerd/containerd/blob/main/docs/containerd-2.0.md',
        },
      ),
    ]
  }
  // Docker's packages for a distribution that ended are the last ones, and the distribution's own limit already covers them.
  if (taken !== own || own.configuration !== 2) return []
  if (compareVersions(minor, lastMinorOfContainerd1) > 0) {
    const message = `the kubelet ${minor} does not start with containerd 1.x, which ${distribution.title} packages`
    return [
      error('container-runtime/too-old', message, {
        hint: 'write docker, or remove packages',
        path,
        source: 'https://github.com/kubernetes/kubernetes/pull/139121',
      }),
    ]
  }
  if (compareVersions(minor, lastTestedMinorOfContainerd1) <= 0) return []
  const message = `Kubernetes ${lastMinorOfContainerd1} is the last to support containerd 1.x, which ${distribution.title} packages`
  return [
    warning('container-runtime/last-releases', message, {
      hint: 'write docker, or remove packages: containerd 2 is tested with this Kubernetes, and 1.7 ended in September 2026',
      path,
      source: 'https://github.com/kubernetes/kubernetes/pull/139121',
    }),
  ]
}
