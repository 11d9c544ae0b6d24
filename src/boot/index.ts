import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installerOf } from '../installers/index.ts'
import type { Installer } from '../installers/installer.ts'
import { plainText, type SiteFile } from '../templates/site-file.ts'
import { autoexecName } from './dhcp/plan.ts'
import { grubMachineMenu, grubMenu } from './grub.ts'
import { ipxeBootScript, ipxeMachineScript, ipxeRetryScript } from './ipxe.ts'
import { pxelinuxMenu } from './pxelinux.ts'

/** The files of the boot that are for no machine: where DHCP sends all of them, and what waits for that beside the loaders of TFTP. */
export const bootScripts = (cluster: Cluster): SiteFile[] =>
  [
    ['boot.ipxe', ipxeBootScript(cluster)] as const,
    ['hakube.ipxe', ipxeRetryScript(cluster)] as const,
    // What iPXE 2.0 looks for where it was loaded from: by TFTP that server is there before this one.
    [autoexecName, ipxeRetryScript(cluster)] as const,
    ['grub/grub.cfg', grubMenu(cluster)] as const,
  ].map(([path, text]) => ({ path, secret: false, contentType: plainText, body: Buffer.from(text) }))

/**
 * Boot scripts and menus of one machine, for each of its MAC addresses: it is found by any of them, and all lead to the one
 * seed.
 *
 * @param declared kernel arguments that the profile and components want for what boots
 */
export function machineBootFiles(
  cluster: Cluster,
  machine: Machine,
  declared: readonly string[],
  installer: Installer = installerOf(machine),
): SiteFile[] {
  const file = (path: string, text: string): SiteFile => ({
    path,
    machine: machine.name,
    secret: false,
    contentType: plainText,
    body: Buffer.from(text),
  })
  const menu = pxelinuxMenu(cluster, machine, declared, installer)
  return machine.macs.flatMap((mac) => [
    file(`ipxe/${mac}`, ipxeMachineScript(cluster, machine, mac, declared, installer)),
    file(`pxelinux.cfg/01-${mac}`, menu),
    ...(machine.firmware === 'uefi'
      ? [file(`grub/grub.cfg-01-${mac}`, grubMachineMenu(cluster, machine, mac, declared, installer))]
      : []),
  ])
}
