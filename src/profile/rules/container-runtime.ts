import { error } from '../../diagnostics/diagnostic.ts'
import { findDistribution } from '../../distributions/index.ts'
import {
  compareVersions,
  firstMinorOfContainerd2,
  lastMinorOfContainerd1,
  parseKubernetesVersion,
} from '../../distributions/kubernetes.ts'
import type { Rule } from './rule.ts'

/** Whether the containerd that is installed and the Kubernetes version understand each other. */
export const containerRuntimeRules: Rule = ({ profile }) => {
  const { name, version } = profile.distribution
  const distribution = findDistribution(name, version)
  const parsed = parseKubernetesVersion(profile.kubernetes.version)
  if (!distribution || !parsed) return []
  const given = profile.containerRuntime?.packages
  const own = distribution.ownContainerd
  const path = given === undefined ? ['kubernetes', 'version'] : ['containerRuntime', 'packages']
  if (given === 'distribution' && !own) {
    const message = `${distribution.title} has no containerd among its own packages`
    return [error('container-runtime/no-package', message, { hint: 'write docker', path })]
  }
  const docker = {
    package: distribution.packages.containerd,
    configuration: distribution.containerdConfiguration,
  }
  const { minor } = parsed
  const isOld = compareVersions(minor, firstMinorOfContainerd2) < 0
  const taken = own && (given === 'distribution' || (given === undefined && isOld)) ? own : docker
  if (taken.configuration === 3 && isOld) {
    return [
      error(
        'container-runtime/too-new',
        `Kubernetes ${minor} can not talk to containerd 2 (${taken.package})`,
        {
          hint: own
            ? 'write distribution, or remove packages'
            : `take Kubernetes ${firstMinorOfContainerd2} or later, or a distribution with a containerd of its own`,
          path,
          source: 'https://github.com/containerd/containerd/blob/main/docs/containerd-2.0.md',
        },
      ),
    ]
  }
  // What Docker has for a distribution that ended is the last of it: the distribution's own limit says so already.
  if (taken === own && own.configuration === 2 && compareVersions(minor, lastMinorOfContainerd1) > 0) {
    const message = `the containerd of ${distribution.title} is too old for Kubernetes ${minor}`
    return [
      error('container-runtime/too-old', message, {
        hint: 'write docker, or remove packages',
        path,
        source: 'https://containerd.io/releases/#kubernetes-support',
      }),
    ]
  }
  return []
}
