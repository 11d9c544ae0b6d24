import type { Cluster, Machine } from '../cluster/cluster.ts'
import { systemDiskInWords } from '../cluster/disk-words.ts'
import { installerOf } from '../installers/index.ts'
import type { Installer } from '../installers/installer.ts'
import { render } from '../templates/template.ts'
import { bootedFrom } from './booted-files.ts'
import { encodeLine } from './command-line.ts'
import { bootArguments } from './kernel-arguments.ts'
import { pxelinux } from './loaders.ts'

/**
 * The menu of one machine for pxelinux, the same for each of its MAC addresses, because pxelinux itself adds the interface that it booted
 * from. The addresses require lpxelinux.0, the build that supports HTTP.
 *
 * @param declared kernel arguments from the profile and components for the system that boots
 */
export function pxelinuxMenu(
  cluster: Cluster,
  machine: Machine,
  declared: readonly string[],
  installer: Installer = installerOf(machine),
): string {
  const booted = bootedFrom(cluster, machine, machine.macs[0], installer)
  const given = bootArguments(cluster, machine, declared, installer)
  return render('pxe/pxelinux.cfg.ejs', {
    machine,
    distribution: machine.system.distribution.title,
    erases: installer.method.keepsDisk ? systemDiskInWords(machine.storage) : null,
    kernel: booted.kernel,
    initrd: booted.initrd,
    arguments: encodeLine(pxelinux, given, booted),
  }).text
}
