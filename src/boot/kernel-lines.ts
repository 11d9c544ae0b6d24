import { argumentsFor, consoleArguments, type KernelArguments } from '../assembly/kernel-arguments.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installerOf } from '../installers/index.ts'
import type { Installer } from '../installers/installer.ts'
import { bootedFrom } from './booted-files.ts'
import { lengthOf, wordOf } from './command-line.ts'
import { bootArguments, bootedArguments } from './kernel-arguments.ts'
import { bootLoaders, limitOfKernel } from './loaders.ts'

/** A kernel command line as the kernel receives it, and its maximum length. */
export type KernelLine = {
  /** What boots with it, as the subject of a sentence. */
  whose: string
  words: readonly string[]
  length: number
  limit: number
}

/**
 * Characters reserved for what the boot loader and the installer add on the installed system, and for longer names of newer kernels:
 * BOOT_IMAGE, root, boot, crashkernel.
 */
const ofBootLoader = 256

/**
 * The command lines of one machine: of the system that boots from the network, for each boot loader that it may use, and of the installed
 * system.
 */
export function kernelLines(
  cluster: Cluster,
  machine: Machine,
  declared: KernelArguments,
  installer: Installer = installerOf(machine),
): KernelLine[] {
  const { keepsDisk } = installer.method
  const boots = keepsDisk ? 'the installer' : 'the system in memory'
  const given = bootArguments(cluster, machine, bootedArguments(declared, installer), installer).map(wordOf)
  const booted = bootedFrom(cluster, machine, machine.macs[0], installer)
  const lines = bootLoaders
    .filter((loader) => loader.loads(machine))
    .map((loader): KernelLine => {
      const words = loader.lineOf(given, booted)
      return { whose: `${boots}, by ${loader.name},`, words, length: lengthOf(words), limit: loader.limit }
    })
  if (keepsDisk) {
    const installed = [...argumentsFor(declared, 'installed'), ...consoleArguments(machine.console)]
    lines.push({
      whose: `the installed system, with ${ofBootLoader} characters that its boot loader adds,`,
      words: installed,
      length: ofBootLoader + lengthOf(installed),
      limit: limitOfKernel,
    })
  }
  return lines
}
