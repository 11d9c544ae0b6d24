import { compareText } from '../../../text/order.ts'
import { assemble } from '../../../assembly/assemble.ts'
import { groupBy } from '../../../assembly/lines.ts'
import type { Cluster, Machine } from '../../../cluster/cluster.ts'
import { imageRepositoryFor, sandboxImage } from '../../../components/container-runtime.ts'
import { components } from '../../../components/index.ts'
import { type NeededAsset, neededAssets } from '../../../site/needed-assets.ts'

export type MirrorContents = {
  systems: {
    /** E.g. `Rocky Linux 9`. */
    system: string
    architecture: string
    /** In addition to those of the distribution itself. */
    repositories: { name: string; url: string }[]
    /** By name; version is null if any will do. */
    packages: { name: string; version: string | null }[]
  }[]
  images: string[]
  /** Descriptions of where the other images are listed. */
  imagesElsewhere: string[]
  files: Omit<NeededAsset, 'from'>[]
}

/** Everything that the machines of a cluster fetch and that hakube does not make. */
export function mirrorContents(cluster: Cluster): MirrorContents {
  return {
    systems: [...groupBy(cluster.machines, nameOf)]
      .toSorted(([one], [other]) => compareText(one, other))
      .flatMap(([, [first, ...others]]) => (first ? [systemOf(cluster, first, others)] : [])),
    ...imagesOf(cluster),
    files: neededAssets(cluster).map(({ what, path, source, sha256 }) => ({ what, path, source, sha256 })),
  }
}

const byName = <Value>(map: ReadonlyMap<string, Value>): [string, Value][] =>
  [...map].toSorted(([one], [other]) => compareText(one, other))

/** The name of a group of machines that use the same archives. */
const nameOf = ({ architecture, system }: Machine): string => `${system.distribution.title} ${architecture}`

function systemOf(
  cluster: Cluster,
  first: Machine,
  others: readonly Machine[],
): MirrorContents['systems'][number] {
  const repositories = new Map<string, string>()
  const packages = new Map<string, string | null>()
  for (const machine of [first, ...others]) {
    const { declared } = assemble(components, cluster, machine)
    for (const { name, url } of declared.repositories) repositories.set(name, url)
    for (const { name, version } of declared.packages)
      packages.set(name, version ?? packages.get(name) ?? null)
  }
  return {
    system: first.system.distribution.title,
    architecture: first.architecture,
    repositories: byName(repositories).map(([name, url]) => ({ name, url })),
    packages: byName(packages).map(([name, version]) => ({ name, version })),
  }
}

/** Images that kubeadm pulls at the version of the cluster itself (kubeadm config images list). */
const kubernetesImages = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

function imagesOf({ kubernetes, loadBalancing, networkPlugin, manifests }: Cluster) {
  const { version, imageRepository } = kubernetes
  const repository = imageRepositoryFor(version, imageRepository)
  return {
    images: [
      ...[...kubernetesImages, ...(kubernetes.proxyMode === 'none' ? [] : ['kube-proxy'])].map(
        (name) => `${repository}/${name}:v${version}`,
      ),
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
