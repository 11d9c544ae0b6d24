import type { Asset, Cluster, Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, File } from './component.ts'
import { isNode } from './container-runtime.ts'
import { packageOf } from './load-balancers.ts'
import { onceForEach, sameForAll } from './once.ts'
import { quoteAll } from './quote.ts'

const folder = '/usr/libexec/hakube'

const script = (name: string): File => ({
  path: `${folder}/${name}`,
  mode: '0755',
  content: render(`cloud-init/assets/${name}.ejs`, {}),
})

function usesAssets(cluster: Cluster, machine: Machine): boolean {
  const { containerRuntime, etcd, manifests, networkPlugin } = cluster
  const ofNodes = [containerRuntime.criDockerd, networkPlugin.archive, networkPlugin.plugins]
  return (
    (machine.runsEtcd && etcd.archive !== null) ||
    (machine.balancesLoad && packageOf(cluster) !== null) ||
    (isNode(machine) && ofNodes.some((asset) => asset !== null)) ||
    (machine.initializes && (networkPlugin.manifest !== null || manifests.length > 0))
  )
}

/** What other components' steps fetch files of the server with. */
export const assets: Component = {
  name: 'assets',
  purpose: "Fetches files of the server's assets, and takes them only if their checksum is the profile's.",
  appliesTo: usesAssets,
  contribute: onceForEach(sameForAll, ({ distribution: { packages } }) => ({
    packages: packages.curl ? [{ name: packages.curl }] : [],
    files: [script('fetch-asset'), script('install-asset')],
  })),
}

/**
 * The command that installs programs from an archive; quoted words for bash.
 *
 * @param name of the stamp that says which archive it was
 * @param programs those that end in `?` may be missing; none: all that the archive has
 */
export const installCommand = (
  cluster: Cluster,
  asset: Asset,
  { name, into, programs = [] }: { name: string; into: string; programs?: readonly string[] },
): string =>
  quoteAll([`${folder}/install-asset`, name, assetUrl(cluster, asset), asset.sha256, into, ...programs])

export const assetUrl = ({ server }: Pick<Cluster, 'server'>, { path }: Asset): string =>
  `${server}/assets/${path}`
