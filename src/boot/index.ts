import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installerOf } from '../installers/index.ts'
import type { Installer } from '../installers/installer.ts'
import { plainText, type SiteFile } from '../templates/site-file.ts'
import { autoexecName } from './dhcp/plan.ts'
import { grubMachineMenu, grubMenu } from './grub.ts'
import { ipxeBootScript, ipxeMachineScript, ipxeRetryScript } from './ipxe.ts'
import { ipxeMenu, menuPath } from './menu.ts'
import { pxelinuxMenu } from './pxelinux.ts'

/**
 * The boot files that belong to no machine: the script to which DHCP sends all of them, and the scripts that wait for it on the TFTP
 * server.
 */
export const bootScripts = (cluster: Cluster): SiteFile[] =>
  [
    ['boot.ipxe', ipxeBootScript(cluster)] as const,
    ['hakube.ipxe', ipxeRetryScript(cluster)] as const,
    // iPXE 2.0 looks for this file where it was loaded from: the TFTP server may be up before this one.
    [autoexecName, ipxeRetryScript(cluster)] as const,
    ['grub/grub.cfg', grubMenu(cluster)] as const,
  ].map(([path, text]) => ({ path, secret: false, contentType: plainText, body: Buffer.from(text) }))

/**
 * Boot scripts and menus of one machine, one for each of its MAC addresses: it may boot from any interface, and all of them lead to the
 * same seed.
 *
 * @param declared kernel arguments from the profile and components for the system that boots
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
  const choices = ipxeMenu(cluster, machine)
  return [
    ...machine.macs.flatMap((mac) => [
      file(`ipxe/${mac}`, ipxeMachineScript(cluster, machine, mac, declared, installer)),
      file(`pxelinux.cfg/01-${mac}`, menu),
      ...(machine.firmware === 'uefi'
        ? [file(`grub/grub.cfg-01-${mac}`, grubMachineMenu(cluster, machine, mac, declared, installer))]
        : []),
    ]),
    ...(choices === null ? [] : [file(menuPath(machine.macs[0]), choices)]),
  ]
}
