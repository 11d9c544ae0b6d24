import type { Asset, Cluster, Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, File } from '../assembly/component.ts'
import { isNode } from './container-runtime.ts'
import { packageOf } from './load-balancers.ts'
import { onceForEach } from '../assembly/once.ts'
import { quoteAll } from '../text/quote.ts'
import { program } from '../assembly/on-change.ts'

const directory = '/usr/libexec/hakube'

const script = (name: string): File => ({
  path: `${directory}/${name}`,
  mode: '0755',
  onChange: program,
  content: render(`cloud-init/assets/${name}.ejs`, {}),
})

/** Whether the machine installs programs from an archive. */
function unpacks(cluster: Cluster, machine: Machine): boolean {
  const { etcd, networkPlugin } = cluster
  const { containerRuntime } = machine.system
  const ofNodes = [containerRuntime.criDockerd, networkPlugin.archive, networkPlugin.plugins]
  return (
    (machine.runsEtcd && etcd.archive !== null) ||
    (isNode(machine) && ofNodes.some((asset) => asset !== null))
  )
}

const usesAssets = (cluster: Cluster, machine: Machine): boolean =>
  unpacks(cluster, machine) ||
  (machine.balancesLoad && packageOf(cluster) !== null) ||
  (machine.initializes && (cluster.networkPlugin.manifest !== null || cluster.manifests.length > 0))

/** Provides `fetch-asset` and `install-asset`, with which the steps of other components fetch files from the server. */
export const assets: Component = {
  name: 'assets',
  purpose: "Fetches files from the server's assets, and verifies their checksums.",
  appliesTo: usesAssets,
  contribute: onceForEach(
    ({ role, runsEtcd }) => `${role} ${runsEtcd}`,
    (cluster, machine) => {
      const { curl } = machine.system.distribution.packages
      return {
        packages: [
          ...(curl ? [{ name: curl }] : []),
          // The minimal environment of Rocky Linux 9 lacks it: https://github.com/kubernetes-sigs/kubespray/issues/9183
          ...(unpacks(cluster, machine) ? [{ name: 'tar' }] : []),
        ],
        files: [script('fetch-asset'), script('install-asset')],
      }
    },
  ),
}

/** The file that records from which archive programs were installed. */
export const archiveStamp = (name: string): string => `/var/lib/hakube/${name}-archive`

/**
 * The command that installs programs from an archive, as quoted words for bash.
 *
 * @param name of the file that records the archive
 * @param programs a name that ends in `?` may be missing; if empty, all programs of the archive
 */
export const installCommand = (
  cluster: Cluster,
  asset: Asset,
  { name, into, programs = [] }: { name: string; into: string; programs?: readonly string[] },
): string =>
  quoteAll([`${directory}/install-asset`, name, assetUrl(cluster, asset), asset.sha256, into, ...programs])

export const assetUrl = ({ server }: Pick<Cluster, 'server'>, { path }: Asset): string =>
  `${server}/assets/${path}`
