import { assemble } from '../../assembly/assemble.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { imageRepositoryFor, sandboxImage } from '../../components/container-runtime.ts'
import { components } from '../../components/index.ts'
import { type NeededAsset, neededAssets } from '../../site/needed-assets.ts'

export type MirrorContents = {
  systems: {
    /** E.g. `Rocky Linux 9`. */
    system: string
    architecture: string
    /** Beside those of the distribution itself. */
    repositories: { name: string; url: string }[]
    /** By name; version is null where any will do. */
    packages: { name: string; version: string | null }[]
  }[]
  images: string[]
  /** Where the other images are named, in words. */
  imagesElsewhere: string[]
  files: NeededAsset[]
}

/** What the machines of a cluster fetch that hakube does not make. */
export function mirrorContents(cluster: Cluster): MirrorContents {
  const architectures = [...new Set(cluster.machines.map(({ architecture }) => architecture))].toSorted()
  return {
    systems: architectures.map((architecture) => systemOf(cluster, architecture)),
    ...imagesOf(cluster),
    files: neededAssets(cluster),
  }
}

const byName = <Value>(map: ReadonlyMap<string, Value>): [string, Value][] =>
  [...map].toSorted(([one], [other]) => (one < other ? -1 : 1))

function systemOf(cluster: Cluster, architecture: string): MirrorContents['systems'][number] {
  const repositories = new Map<string, string>()
  const packages = new Map<string, string | null>()
  for (const machine of cluster.machines) {
    if (machine.architecture !== architecture) continue
    const { declared } = assemble(components, cluster, machine)
    for (const { name, url } of declared.repositories) repositories.set(name, url)
    for (const { name, version } of declared.packages)
      packages.set(name, version ?? packages.get(name) ?? null)
  }
  return {
    system: cluster.distribution.title,
    architecture,
    repositories: byName(repositories).map(([name, url]) => ({ name, url })),
    packages: byName(packages).map(([name, version]) => ({ name, version })),
  }
}

/** Images that kubeadm takes from its repository at the version of the cluster itself (kubeadm config images list). */
const kubernetesImages = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy']

function imagesOf({ kubernetes, loadBalancing, networkPlugin, manifests }: Cluster) {
  const { version, imageRepository } = kubernetes
  const repository = imageRepositoryFor(version, imageRepository)
  return {
    images: [
      ...kubernetesImages.map((name) => `${repository}/${name}:v${version}`),
      sandboxImage(version, imageRepository),
      ...Object.values(loadBalancing?.images ?? {}),
    ],
    imagesElsewhere: [
      `coredns and, where kubeadm runs it, etcd: kubeadm config images list --kubernetes-version v${version}`,
      ...(networkPlugin.manifest ? [`the network plugin: assets/${networkPlugin.manifest.path}`] : []),
      ...manifests.map(({ path, name }) => `${name}: assets/${path}`),
    ],
  }
}
