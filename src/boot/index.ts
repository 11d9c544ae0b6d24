import type { Cluster, Machine } from '../cluster/cluster.ts'
import { plainText, type SiteFile } from '../templates/site-file.ts'
import { ipxeBootScript, ipxeMachineScript, ipxeRetryScript } from './ipxe.ts'
import { pxelinuxMenu } from './pxelinux.ts'

/** The files of the boot that are for no machine: where DHCP sends all of them, and what waits for that beside the loaders of TFTP. */
export const bootScripts = (cluster: Cluster): SiteFile[] =>
  [['boot.ipxe', ipxeBootScript(cluster)] as const, ['hakube.ipxe', ipxeRetryScript(cluster)] as const].map(
    ([path, text]) => ({ path, secret: false, contentType: plainText, body: Buffer.from(text) }),
  )

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
