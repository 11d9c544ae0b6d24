import { argumentsFor, consoleArguments, type KernelArguments } from '../assembly/kernel-arguments.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installerOf } from '../installers/index.ts'
import type { Installer, KernelArgument } from '../installers/installer.ts'
import { argumentOf } from './command-line.ts'

/** What of the declared arguments is for what boots from the network: the installer, or the machine's own system in memory. */
export const bootedArguments = (declared: KernelArguments, { method }: Installer): string[] =>
  argumentsFor(declared, method.keepsDisk ? 'installer' : 'installed')

/**
 * What the kernel that a machine boots over the network is told: where the installer or the running system finds everything
 * else. BOOTIF, the interface it booted from, comes from the boot loader.
 *
 * @param declared what the profile and components want for what boots (`bootedArguments`)
 */
export const bootArguments = (
  cluster: Cluster,
  machine: Machine,
  declared: readonly string[],
  installer: Installer = installerOf(machine),
): KernelArgument[] =>
  // The last console is /dev/console. Nothing stands behind a `---`: what does, installers copy for the installed system.
  [
    ...installer.kernelArguments(cluster, machine),
    ...[...declared, ...consoleArguments(machine.console)].map(argumentOf),
  ]
