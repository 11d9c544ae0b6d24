import { assetAddress } from '../cluster/asset-address.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installerOf } from '../installers/index.ts'
import type { BootFile, Installer } from '../installers/installer.ts'
import type { BootedFrom } from './command-line.ts'

/** A file that a machine boots from and that hakube serves, but does not make. */
export type BootAsset = BootFile & { what: 'kernel' | 'initrd' | 'image' }

/** The files of `assets/` that a machine boots from. */
export function assetsToBoot(
  cluster: Cluster,
  machine: Machine,
  installer: Installer = installerOf(machine),
): BootAsset[] {
  const { kernel, initrd, image } = installer.bootFiles(cluster, machine)
  return [
    { what: 'kernel', ...kernel },
    { what: 'initrd', ...initrd },
    ...(image === undefined ? [] : [{ what: 'image' as const, ...image }]),
  ]
}

/** The kernel and initrd that a boot loader loads for a machine through one of its interfaces, as addresses on the server. */
export function bootedFrom(
  cluster: Cluster,
  machine: Machine,
  mac: string,
  installer: Installer = installerOf(machine),
): BootedFrom {
  const { kernel, initrd } = installer.bootFiles(cluster, machine)
  return {
    machine,
    mac,
    kernel: assetAddress(cluster, kernel.path),
    initrd: assetAddress(cluster, initrd.path),
  }
}
