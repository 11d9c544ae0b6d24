import { dhcpFiles } from '../boot/dhcp/index.ts'
import { bootScripts, machineBootFiles } from '../boot/index.ts'
import { bootedArguments } from '../boot/kernel-arguments.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { assemble, type Assembly } from '../assembly/assemble.ts'
import type { PlainFile } from '../assembly/component.ts'
import { components } from '../components/index.ts'
import { compileMachine } from '../installers/compile.ts'
import { installerOf } from '../installers/index.ts'
import type { Installer } from '../installers/installer.ts'
import type { SiteFile } from '../templates/site-file.ts'
import type { SiteAbout } from './manifest.ts'
import { releaseFile } from './release.ts'

/**
 * Everything that machines fetch, one machine after the other and made on demand, so that a rack of any size fits into memory. Equal
 * clusters give equal bytes in the same order, everywhere.
 *
 * @param about contents of the file `release`; without it there is none
 */
export function* siteFiles(
  cluster: Cluster,
  about: Pick<SiteAbout, 'profile' | 'commit' | 'hakube'> | null = null,
): Generator<SiteFile> {
  if (about) yield releaseFile(about)
  yield* bootScripts(cluster)
  for (const machine of cluster.machines) {
    yield* machineSite(cluster, assemble(components, cluster, machine))
  }
  // Last, because these list all machines.
  yield* dhcpFiles(cluster)
}

/**
 * The files of one machine.
 *
 * @param onMachine files to write on the machine; default: all of its files
 */
export function machineSite(
  cluster: Cluster,
  assembly: Assembly,
  onMachine?: readonly PlainFile[],
  installer: Installer = installerOf(assembly.machine),
): SiteFile[] {
  const booted = bootedArguments(assembly.declared, installer)
  return [
    ...machineBootFiles(cluster, assembly.machine, booted, installer),
    ...compileMachine(cluster, assembly, onMachine, installer),
  ]
}
