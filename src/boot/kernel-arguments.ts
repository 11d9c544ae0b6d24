import type { Cluster, Machine } from '../cluster/cluster.ts'
import { consoleArguments } from '../assembly/kernel-arguments.ts'
import { installTree } from '../seeds/kickstart.ts'
import { networkConfig } from '../seeds/cloud-init.ts'
import { kickstartPath, preseedPath, seedAddress } from '../seeds/places.ts'
import { preseedArguments } from '../seeds/preseed.ts'

/** Below the server's `assets/`. */
export const assetAddress = (cluster: Cluster, path: string): string => `${cluster.server}/assets/${path}`

/**
 * What the kernel that a machine boots over the network is told: where the installer or the running system finds everything
 * else. BOOTIF, the card it booted from, comes from the boot loader.
 *
 * @param declared what the profile and components want for what boots: the installer, or with `live` the machine's own system
 */
export function bootArguments(cluster: Cluster, machine: Machine, declared: readonly string[]): string[] {
  /*
   * `nocloud-net` is what every version knows: before 23.2 cloud-init ignores a seed by HTTP under the name `nocloud`
   * (commit f146fe717). From 24.1 it is deprecated, to go in 29.1.
   */
  const seed = `ds=nocloud-net;s=${seedAddress(cluster, machine)}`
  const { image } = cluster.distribution.bootAssets(machine.architecture, cluster.install)
  const imageAddress = () => {
    if (image === undefined)
      throw new Error(`${cluster.distribution.title} has no image for ${cluster.install}`)
    return assetAddress(cluster, image)
  }
  const methods = {
    // Only names with `inst.`: Anaconda knows no others from release 9 on.
    kickstart: () => [
      `inst.ks=${cluster.server}/${kickstartPath(machine)}`,
      `inst.repo=${installTree(cluster, machine)}`,
      'inst.text',
      'ip=dhcp',
    ],
    autoinstall: () => [
      'root=/dev/ram0',
      'ramdisk_size=1500000',
      'ip=dhcp',
      `url=${imageAddress()}`,
      // cloud-init takes `url=` for its own and would load the whole image once more (LP: #1937319).
      'cloud-config-url=/dev/null',
      'autoinstall',
      seed,
    ],
    preseed: () => [...preseedArguments(cluster, machine), `url=${cluster.server}/${preseedPath(machine)}`],
    live: () => [
      'boot=live',
      'components=0',
      // Has the initrd ask DHCP, with or without `ip=`. That would make cloud-init prefer what DHCP said to the profile
      // (KlibcNetworkConfigSource in cloudinit/net/cmdline.py).
      `fetch=${imageAddress()}`,
      // Or live-boot writes an /etc/network/interfaces without the files of cloud-init (9990-netbase.sh).
      'nonetworking',
      seed,
      // Goes before all else. The same stands in the seed, which cloud-init reads when there is a network already, and up to
      // 22.4 not for the network at all.
      `network-config=${base64(JSON.stringify(networkConfig(cluster, machine)))}`,
    ],
  }
  // The last console is /dev/console. Nothing stands behind a `---`: what does, installers copy for the installed system.
  return [...methods[cluster.install](), ...declared, ...consoleArguments(machine.console)]
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/**
 * What is wrong with a kernel argument for the boot loaders, in words that end a sentence; null when they all pass it on as
 * it is. None of them has quotes: iPXE splits at white space, takes a `#` at the start of a word for a comment, stand-alone
 * `;`, `&&` and `||` for operators, and expands `${…}` (src/core/exec.c, src/core/settings.c).
 */
export function argumentProblem(argument: string): string | null {
  if (argument === '') return 'is empty'
  if (/[\s\p{Cc}]/u.test(argument)) return 'holds white space or a control character'
  if (argument.startsWith('#')) return 'begins with #'
  if (argument.includes('${')) return 'holds ${'
  if (['||', '&&', ';'].includes(argument)) return 'is an operator of iPXE'
  return null
}

/** @throws for an argument that the boot loader would change */
function encode(loader: string, words: readonly string[]): string {
  for (const word of words) {
    const problem = argumentProblem(word)
    if (problem) throw new TypeError(`${loader} cannot pass on ${JSON.stringify(word)}: it ${problem}`)
  }
  return words.join(' ')
}

/** Kernel arguments as the words of an iPXE command. @throws for an argument that iPXE would change */
export const encodeForIpxe = (words: readonly string[]): string => encode('iPXE', words)

/** Kernel arguments for APPEND of pxelinux. @throws for an argument that it would change */
export const encodeForPxelinux = (words: readonly string[]): string => encode('pxelinux', words)

/** Text for iPXE's `echo`: its words come out with single spaces between them. */
export const ipxeText = (text: string): string =>
  encode(
    'iPXE',
    text.split(' ').filter((word) => word !== ''),
  )
