import type { Cluster, Machine } from '../cluster/cluster.ts'
import { plainText, type SiteFile } from '../templates/site-file.ts'
import { ipxeBootScript, ipxeMachineScript } from './ipxe.ts'
import { pxelinuxMenu } from './pxelinux.ts'

/** The one file of the boot that is for no machine: where DHCP sends all of them. */
export function bootScript(cluster: Cluster): SiteFile {
  const body = Buffer.from(ipxeBootScript(cluster))
  return { path: 'boot.ipxe', secret: false, contentType: plainText, body }
}

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
): SiteFile[] {
  const file = (path: string, text: string): SiteFile => ({
    path,
    machine: machine.name,
    secret: false,
    contentType: plainText,
    body: Buffer.from(text),
  })
  const menu = pxelinuxMenu(cluster, machine, declared)
  return machine.macs.flatMap((mac) => [
    file(`ipxe/${mac}`, ipxeMachineScript(cluster, machine, mac, declared)),
    file(`pxelinux.cfg/01-${mac}`, menu),
  ])
}
