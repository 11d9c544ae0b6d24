import type { Distribution } from '../distributions/distribution.ts'
import { compareVersions, firstMinorOfContainerd2 } from '../distributions/kubernetes.ts'
import type { Profile } from '../profile/schema.ts'
import type { ContainerRuntime, Kubernetes } from './cluster.ts'
import type { Choice } from './facts.ts'

/** Which containerd: Docker's packages follow its releases, the distribution's own stay at one for as long as it lives. */
export function resolveContainerRuntime(
  given: Profile['containerRuntime'],
  distribution: Distribution,
  { minor }: Pick<Kubernetes, 'minor'>,
  { choose }: Choice,
): ContainerRuntime {
  const own = distribution.ownContainerd
  const isTooNew =
    distribution.containerdConfiguration === 3 && compareVersions(minor, firstMinorOfContainerd2) < 0
  const [usual, reason] =
    own && isTooNew
      ? (['distribution', `Docker's is too new for Kubernetes ${minor}`] as const)
      : (['docker', "it follows containerd's releases"] as const)
  const packages = choose(['containerRuntime', 'packages'], given?.packages, usual, reason)
  if (packages === 'distribution' && own)
    return { packages, package: own.package, configuration: own.configuration, repositories: [] }
  return {
    packages,
    package: distribution.packages.containerd,
    configuration: distribution.containerdConfiguration,
    repositories: distribution.extraRepositories,
  }
}
