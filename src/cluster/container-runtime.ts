import type { Distribution } from '../distributions/distribution.ts'
import { compareVersions, firstMinorOfContainerd2 } from '../distributions/kubernetes.ts'
import type { Profile } from '../profile/schema.ts'
import { resolveAsset } from './assets.ts'
import type { ContainerRuntime, Kubernetes } from './cluster.ts'
import type { Choice } from './facts.ts'

/** Where each listens; the kubelet spoke to Docker itself until 1.23 (kubernetes/kubernetes#97252). */
function socketOf(name: ContainerRuntime['name'], minor: string): string {
  if (name === 'containerd') return 'unix:///run/containerd/containerd.sock'
  if (name === 'cri-o') return 'unix:///var/run/crio/crio.sock'
  return compareVersions(minor, '1.24') < 0
    ? 'unix:///var/run/dockershim.sock'
    : 'unix:///var/run/cri-dockerd.sock'
}

/** Which containerd: Docker's packages follow its releases, the distribution's own stay at one for as long as it lives. */
export function resolveContainerRuntime(
  given: Profile['containerRuntime'],
  distribution: Distribution,
  { minor }: Pick<Kubernetes, 'minor'>,
  { choose }: Choice,
): ContainerRuntime {
  const name = choose(['containerRuntime', 'name'], given?.name, 'containerd', 'what most clusters run')
  const runtime = {
    name,
    socket: socketOf(name, minor),
    criDockerd: given?.criDockerd ? resolveAsset(given.criDockerd) : null,
  }
  const own = distribution.ownContainerd
  const isTooNew =
    distribution.containerdConfiguration === 3 && compareVersions(minor, firstMinorOfContainerd2) < 0
  const [usual, reason] =
    own && isTooNew
      ? (['distribution', `Docker's is too new for Kubernetes ${minor}`] as const)
      : (['docker', "it follows containerd's releases"] as const)
  const packages = choose(['containerRuntime', 'packages'], given?.packages, usual, reason)
  if (packages === 'distribution' && own)
    return { ...runtime, packages, package: own.package, configuration: own.configuration, repositories: [] }
  return {
    ...runtime,
    packages,
    package: distribution.packages.containerd,
    configuration: distribution.containerdConfiguration,
    repositories: distribution.extraRepositories,
  }
}
