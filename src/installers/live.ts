import { base64 } from '../text/base64.ts'
import { assetAddress } from '../cluster/asset-address.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installMethod } from '../distributions/install-methods.ts'
import { networkConfig } from '../seeds/network-config.ts'
import { seedArgument } from '../seeds/places.ts'
import { bootDirectory, type BootFiles, type Installer } from './installer.ts'

/** A system that runs from memory: an image with live-boot, which the operator builds. Nothing is installed. */
export const live = {
  method: installMethod('live'),
  answers: null,
  seed: 'own',
  bootFiles,
  kernelArguments: (cluster, machine) => [
    { name: 'boot', value: 'live' },
    { name: 'components', value: '0' },
    // `fetch` makes the initrd use DHCP, with or without `ip=`. cloud-init would then prefer the lease to the profile
    // (KlibcNetworkConfigSource in cloudinit/net/cmdline.py).
    { name: 'fetch', value: assetAddress(cluster, bootFiles(cluster, machine).image.path) },
    // Otherwise live-boot writes an /etc/network/interfaces that does not include cloud-init's files (9990-netbase.sh).
    { name: 'nonetworking' },
    seedArgument(cluster, machine),
    // Takes precedence over all other sources. The seed has the same contents, but cloud-init reads it only once there is a network, and
    // up to 22.4 does not use it for the network at all.
    { name: 'network-config', value: base64(JSON.stringify(networkConfig(cluster, machine))) },
  ],
} satisfies Installer

/** Files of the operator's own image. */
function bootFiles(_cluster: Cluster, machine: Machine) {
  const directory = bootDirectory(machine)
  return {
    kernel: { path: `${directory}/vmlinuz`, source: '/boot of the image' },
    initrd: {
      path: `${directory}/initrd.img`,
      source: '/boot of the image, built with live-boot',
    },
    image: {
      path: `${directory}/root.squashfs`,
      source: 'your own image with cloud-init, built with live-build or mmdebstrap',
    },
  } satisfies BootFiles
}
