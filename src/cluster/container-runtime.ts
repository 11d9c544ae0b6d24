import { containerdUnit, criDockerUnit, crioUnit, dockerUnit } from '../distributions/unit-names.ts'
import { criOBase, criORepository } from '../distributions/cri-o.ts'
import type { Distribution } from '../distributions/distribution.ts'
import { firstMinorOfCriDockerd } from '../distributions/kubernetes.ts'
import { compareVersions } from '../text/versions.ts'
import { withKeys } from '../distributions/signing-keys.ts'
import { defaultOf } from '../profile/defaults.ts'
import type { NetworkPluginName, Profile } from '../profile/schema.ts'
import { resolveAsset } from './asset-address.ts'
import type { Cluster, ContainerRuntime, Kubernetes } from './cluster.ts'
import type { Choice } from './facts.ts'

type RuntimeFacts = {
  distribution: Distribution
  kubernetes: Pick<Kubernetes, 'minor'>
  networkPlugin: NetworkPluginName
  mirrors: Pick<Cluster['mirrors'], 'keys' | 'repositories'>
}

/** The container runtime, its packages, and the socket for the kubelet. */
export function resolveContainerRuntime(
  given: Profile['containerRuntime'],
  situation: RuntimeFacts,
  choice: Choice,
): ContainerRuntime {
  const name = choice.choose(['containerRuntime', 'name'], given?.name, defaultOf.containerRuntime)
  const base = {
    name,
    criDockerd: given?.criDockerd ? resolveAsset(given.criDockerd) : null,
    configuration: situation.distribution.containerdConfiguration,
    kubeletArguments: [],
  }
  if (name === 'cri-o') return { ...base, ...criO(situation) }
  return { ...base, ...(name === 'docker' ? docker : containerd)(given?.packages, situation, choice) }
}

const factsOf = ({ distribution, kubernetes }: RuntimeFacts) => ({ distribution, minor: kubernetes.minor })

type Packages = ContainerRuntime['packages'] | undefined

/** Docker's packages follow containerd's releases; the distribution's packages keep one version for its lifetime. */
function containerd(given: Packages, situation: RuntimeFacts, { choose }: Choice) {
  const { distribution } = situation
  const own = distribution.ownContainerd
  const usual = defaultOf.runtimePackages.of({ runtime: 'containerd', ...factsOf(situation) })
  const packages = choose(['containerRuntime', 'packages'], given, usual)
  const place = { socket: 'unix:///run/containerd/containerd.sock', unit: containerdUnit, packages }
  if (packages === 'distribution' && own)
    return { ...place, installs: [own.package], configuration: own.configuration, repositories: [] }
  const { containerd: name } = distribution.packages
  return { ...place, installs: name ? [name] : [], repositories: extraRepositories(situation) }
}

const criO = (situation: RuntimeFacts) => ({
  // CRISocketCRIO in cmd/kubeadm/app/constants/constants_unix.go; the next for cri-dockerd.
  socket: 'unix:///var/run/crio/crio.sock',
  unit: crioUnit,
  packages: 'distribution' as const,
  // https://github.com/cri-o/packaging#install-package-dependencies-from-the-official-repositories
  installs: ['cri-o', ...(situation.distribution.selinux ? ['container-selinux'] : [])],
  repositories: [
    withKeys(
      criORepository(
        situation.distribution,
        situation.kubernetes.minor,
        situation.mirrors.repositories['cri-o'] ?? criOBase,
      ),
      situation.mirrors.keys,
      'cri-o',
    ),
  ],
})

/** The kubelet talked to Docker directly until 1.23 (kubernetes/kubernetes#97252); later versions need cri-dockerd. */
function docker(given: Packages, situation: RuntimeFacts, { choose }: Choice) {
  const { distribution, kubernetes, networkPlugin } = situation
  const speaksToDocker = compareVersions(kubernetes.minor, firstMinorOfCriDockerd) < 0
  const usual = defaultOf.runtimePackages.of({ runtime: 'docker', ...factsOf(situation) })
  const packages = choose(['containerRuntime', 'packages'], given, usual)
  const place = speaksToDocker
    ? { socket: 'unix:///var/run/dockershim.sock', unit: dockerUnit }
    : { socket: 'unix:///var/run/cri-dockerd.sock', unit: criDockerUnit }
  // With this socket, kubeadm 1.23 sets the argument to cni (cmd/kubeadm/app/phases/kubelet/flags.go).
  const kubeletArguments =
    speaksToDocker && networkPlugin === 'flannel-service' ? [{ name: 'network-plugin', value: '' }] : []
  const own = packages === 'distribution' ? distribution.ownDocker : null
  return {
    ...place,
    packages,
    kubeletArguments,
    // https://docs.docker.com/engine/install/debian/; the same for other distributions
    installs: own ?? ['docker-ce', 'docker-ce-cli', 'containerd.io'],
    repositories: own ? [] : extraRepositories(situation),
  }
}

/** The default that `mirrors.repositories.docker` replaces. */
const dockerBase = 'https://download.docker.com'

const extraRepositories = ({ distribution, mirrors }: RuntimeFacts): Distribution['extraRepositories'] =>
  distribution.extraRepositories.map((repository) => {
    const base = mirrors.repositories['docker'] ?? dockerBase
    const url = repository.url.replace(dockerBase, base)
    const key = repository.key.replace(dockerBase, base)
    return withKeys({ ...repository, url, key }, mirrors.keys, 'docker')
  })
