import type { Cluster, Machine } from '../cluster/cluster.ts'
import { colonMac } from '../network/mac.ts'
import { render } from '../templates/template.ts'
import { assetAddress, bootArguments, encodeForIpxe, ipxeText } from './kernel-arguments.ts'

/** Network cards of a machine that the script asks for, after the one it booted from. */
const cards = [0, 1, 2, 3, 4, 5, 6, 7]

/**
 * How often a machine asks, every 30 s, before it tries its disk: ten minutes. One without a disk that boots goes on asking; only UEFI cannot
 * come back from the disk.
 */
const tries = 20

/** The script beside the loaders of TFTP: asks for the one below until the server is there. */
export const ipxeRetryScript = (cluster: Cluster): string =>
  render('pxe/hakube.ipxe.ejs', { cluster: ipxeText(cluster.name), server: cluster.server, tries }).text

/** The script that DHCP points every machine to: finds the machine's own by the MAC addresses of its cards. */
export const ipxeBootScript = (cluster: Cluster): string =>
  render('pxe/boot.ipxe.ejs', { cluster: ipxeText(cluster.name), server: cluster.server, cards, tries }).text

/**
 * The script of one machine under one of its MAC addresses.
 *
 * @param declared kernel arguments that the profile and components want for what boots
 */
export function ipxeMachineScript(
  cluster: Cluster,
  machine: Machine,
  mac: string,
  declared: readonly string[],
): string {
  const { kernel, initrd } = cluster.distribution.bootAssets(machine.architecture, cluster.install)
  return render('pxe/machine.ipxe.ejs', {
    name: ipxeText(machine.name),
    role: machine.role,
    distribution: ipxeText(cluster.distribution.title),
    mac,
    shownMac: colonMac(mac),
    address: machine.address,
    erases: cluster.install === 'live' ? null : ipxeText(machine.disk ?? 'none'),
    kernel: assetAddress(cluster, kernel),
    initrd: assetAddress(cluster, initrd),
    arguments: encodeForIpxe(bootArguments(cluster, machine, declared)),
  }).text
}
