import { argumentsFor, consoleArguments, type KernelArguments } from '../assembly/kernel-arguments.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installerOf } from '../installers/index.ts'
import type { Installer, KernelArgument } from '../installers/installer.ts'
import { argumentOf } from './command-line.ts'

/** The declared arguments that concern the kernel booted from the network: of the installer, or of a system that runs from memory. */
export const bootedArguments = (declared: KernelArguments, { method }: Installer): string[] =>
  argumentsFor(declared, method.keepsDisk ? 'installer' : 'installed')

/**
 * The arguments of the kernel that a machine boots over the network: they tell the installer or the running system where to find
 * everything else. The boot loader adds BOOTIF, the interface that it booted from.
 *
 * @param declared arguments from the profile and components for the system that boots (`bootedArguments`)
 */
export const bootArguments = (
  cluster: Cluster,
  machine: Machine,
  declared: readonly string[],
  installer: Installer = installerOf(machine),
): KernelArgument[] =>
  // The last console becomes /dev/console. Nothing follows `---`: installers would copy it to the installed system.
  [
    ...installer.kernelArguments(cluster, machine),
    ...[...declared, ...consoleArguments(machine.console)].map(argumentOf),
  ]
