import { fetchedAssets } from '../assembly/assemble.ts'
import { menuAssets } from '../boot/menu.ts'
import { assetsToBoot } from '../boot/booted-files.ts'
import type { Cluster, From, Machine } from '../cluster/cluster.ts'
import { components } from '../components/index.ts'

/** A file that the operator puts below `assets/`. */
export type NeededAsset = From & {
  what: string
  /** Below `assets/`. */
  path: string
  /** Where the operator gets it, as the end of "put it there from …". */
  source: string
  /**
   * As sha256sum prints it, and `from` is its position in the profile; null for files of installers and boot loaders, which verify
   * nothing.
   */
  sha256: string | null
}

/**
 * The files that machines of a cluster fetch from `assets/`, to boot and in their steps.
 *
 * @param machines default: all machines of the cluster
 * @returns each path once, in the order in which machines request them
 */
export function neededAssets(
  cluster: Cluster,
  machines: readonly Machine[] = cluster.machines,
): NeededAsset[] {
  const needed = new Map<string, NeededAsset>()
  const add = (asset: NeededAsset): void => void (needed.has(asset.path) || needed.set(asset.path, asset))
  for (const machine of machines) {
    for (const asset of [...assetsToBoot(cluster, machine), ...menuAssets(cluster, machine)])
      add({ ...asset, sha256: asset.sha256 ?? null })
    for (const { what, path, source, sha256, from } of fetchedAssets(components, cluster, machine))
      add({ what, path, source, sha256, ...(from ? { from } : {}) })
  }
  return [...needed.values()]
}
