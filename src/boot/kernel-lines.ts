import { argumentsFor, consoleArguments, type KernelArguments } from '../assembly/kernel-arguments.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { assetAddress, bootArguments } from './kernel-arguments.ts'

/** A kernel command line as the kernel of a machine gets it, and how long it may be. */
export type KernelLine = {
  /** Whose it is, as the subject of a sentence. */
  whose: string
  words: readonly string[]
  length: number
  limit: number
}

/**
 * COMMAND_LINE_SIZE is 2048 on x86 and arm64, with the byte that ends it (arch/x86/include/asm/setup.h,
 * arch/arm64/include/uapi/asm/setup.h): the kernel, or the boot loader before it, cuts off the rest without a word.
 */
const ofKernel = 2047

/** pxelinux counts that byte although the header of the kernel does not (syslinux_boot_linux in com32/lib/syslinux/load_linux.c). */
const ofPxelinux = 2046

/**
 * What the boot loader and the installer add on the installed system, and a newer kernel makes longer: BOOT_IMAGE with the name of the
 * kernel, root, boot, crashkernel.
 */
const ofBootLoader = 256

const lengthOf = (words: readonly string[]): number => Buffer.byteLength(words.join(' '))

const bootInterface = (machine: Machine): string => `BOOTIF=01-${machine.macs[0]}`

const line = (whose: string, words: readonly string[], limit: number): KernelLine => ({
  whose,
  words,
  length: lengthOf(words),
  limit,
})

/** The lines of one machine: of what boots from the network, by each boot loader that it can come by, and of what is installed. */
export function kernelLines(cluster: Cluster, machine: Machine, declared: KernelArguments): KernelLine[] {
  const live = cluster.install === 'live'
  const boots = live ? 'the system that runs from memory' : 'the installer'
  const { kernel, initrd } = cluster.distribution.bootAssets(machine.architecture, cluster.install)
  const words = bootArguments(cluster, machine, argumentsFor(declared, live ? 'installed' : 'installer'))
  const lines = [
    line(`${boots}, by iPXE,`, ['initrd=initrd.img', ...words, bootInterface(machine)], ofKernel),
  ]
  if (machine.firmware === 'bios' && machine.architecture === 'amd64')
    // As record() in com32/elflink/ldlinux/readconfig.c and new_linux_kernel() beside it put it together.
    lines.push(
      line(
        `${boots}, by pxelinux,`,
        [
          `BOOT_IMAGE=${assetAddress(cluster, kernel)}`,
          ...words,
          `initrd=${assetAddress(cluster, initrd)}`,
          bootInterface(machine),
        ],
        ofPxelinux,
      ),
    )
  if (!live) {
    const installed = [...argumentsFor(declared, 'installed'), ...consoleArguments(machine.console)]
    lines.push({
      whose: `the installed system, with ${ofBootLoader} characters for what its boot loader adds,`,
      words: installed,
      length: ofBootLoader + lengthOf(installed),
      limit: ofKernel,
    })
  }
  return lines
}
