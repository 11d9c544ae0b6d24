import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installTree } from '../seeds/kickstart.ts'
import { netbootDirectory } from '../seeds/preseed.ts'

/** A file that hakube serves but does not make, and with which a machine boots. */
export type BootAsset = {
  what: 'kernel' | 'initrd' | 'image'
  /** Below `assets/`. */
  path: string
  /** Where it is to be had, as the end of "put it there from …". */
  source: string
}

/**
 * What a machine boots from besides its own files.
 *
 * Anaconda's kernel and initrd are in images/pxeboot of the install tree (its .treeinfo), Ubuntu's in casper/ of the
 * live-server image (https://canonical-subiquity.readthedocs-hosted.com/en/latest/howto/autoinstall-quickstart.html), those of
 * Debian's installer at its mirrors (https://www.debian.org/releases/trixie/amd64/ch04s02.en.html).
 */
export function assetsToBoot(cluster: Cluster, machine: Machine): BootAsset[] {
  const { distribution, install } = cluster
  const { kernel, initrd, image } = distribution.bootAssets(machine.architecture, install)
  const release = `https://releases.ubuntu.com/${distribution.version}/`
  const sources = {
    kickstart: () => {
      const tree = `${installTree(cluster, machine)}images/pxeboot`
      return { kernel: `${tree}/vmlinuz`, initrd: `${tree}/initrd.img`, image: '' }
    },
    autoinstall: () => ({
      kernel: 'casper/vmlinuz of the image below',
      initrd: 'casper/initrd of the image below',
      image:
        machine.architecture === 'amd64'
          ? release
          : `https://cdimage.ubuntu.com/releases/${distribution.version}/release/`,
    }),
    preseed: () => {
      const directory = netbootDirectory(cluster, machine)
      return { kernel: `${directory}/linux`, initrd: `${directory}/initrd.gz`, image: '' }
    },
    live: () => ({
      kernel: '/boot of the image',
      initrd: '/boot of the image, made with live-boot in it',
      image: 'live-build or mmdebstrap: an image of your own, with cloud-init in it',
    }),
  }[install]()
  const assets: BootAsset[] = [
    { what: 'kernel', path: kernel, source: sources.kernel },
    { what: 'initrd', path: initrd, source: sources.initrd },
  ]
  if (image !== undefined) assets.push({ what: 'image', path: image, source: sources.image })
  return assets
}
