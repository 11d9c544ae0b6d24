import { assetAddress } from '../cluster/asset-address.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installerOf } from '../installers/index.ts'
import type { BootFile, Installer } from '../installers/installer.ts'
import type { BootedFrom } from './command-line.ts'

/** A file that hakube serves but does not make, and with which a machine boots. */
export type BootAsset = BootFile & { what: 'kernel' | 'initrd' | 'image' }

/** What a machine boots from besides its own files. */
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

/** What a boot loader loads for a machine, under one of its MAC addresses, with the addresses at the server. */
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
