import { base64 } from '../text/base64.ts'
import { assetAddress } from '../cluster/asset-address.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installMethod } from '../distributions/install-methods.ts'
import { networkConfig } from '../seeds/network-config.ts'
import { seedArgument } from '../seeds/places.ts'
import { bootDirectory, type BootFiles, type Installer } from './installer.ts'

/** A system that runs from memory: an image with live-boot, which the operator makes. Nothing is installed. */
export const live = {
  method: installMethod('live'),
  answers: null,
  seed: 'own',
  bootFiles,
  kernelArguments: (cluster, machine) => [
    { name: 'boot', value: 'live' },
    { name: 'components', value: '0' },
    // Has the initrd ask DHCP, with or without `ip=`. That would make cloud-init prefer what DHCP said to the profile
    // (KlibcNetworkConfigSource in cloudinit/net/cmdline.py).
    { name: 'fetch', value: assetAddress(cluster, bootFiles(cluster, machine).image.path) },
    // Or live-boot writes an /etc/network/interfaces without the files of cloud-init (9990-netbase.sh).
    { name: 'nonetworking' },
    seedArgument(cluster, machine),
    // Goes before all else. The same stands in the seed, which cloud-init reads when there is a network already, and up to
    // 22.4 not for the network at all.
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
