import { isIP } from 'node:net'
import { oneLine } from '../assembly/lines.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { systemDiskInWords } from '../cluster/disk-words.ts'
import { subnetOf } from '../cluster/links.ts'
import { installerOf } from '../installers/index.ts'
import type { Installer } from '../installers/installer.ts'
import { colonMac } from '../network/mac.ts'
import { render } from '../templates/template.ts'
import { bootedFrom } from './booted-files.ts'
import { encodeLine } from './command-line.ts'
import { bootArguments } from './kernel-arguments.ts'
import { bootCards } from './dhcp/plan.ts'
import { ipxeText } from './ipxe-text.ts'
import { ipxe } from './loaders.ts'
import { menuPath } from './menu.ts'

/** The interfaces whose scripts a machine asks for, after that of the one it booted from. */
const cards = [0, 1, 2, 3, 4, 5, 6, 7]

/**
 * How often a machine asks, every 30 s, before it tries its disk: ten minutes. A machine without a bootable disk then asks again, except
 * with UEFI, where iPXE does not regain control.
 */
const tries = 20

type Stick = {
  /** Machines that get their address from the script; all others use DHCP. */
  fixed: readonly Machine[]
  /** The machine's first disk in BIOS numbering; null: as without a USB stick. */
  firstDisk: '0x81' | null
}

/** The script on the TFTP server: waits until hakube's server answers. */
export const ipxeRetryScript = (cluster: Cluster): string => retryScript(cluster, null)

/** The script of a USB stick or of virtual media, which does the same without TFTP and without a boot file from DHCP. */
export const ipxeStickScript = (cluster: Cluster, stick: Stick): string => retryScript(cluster, stick)

const retryScript = (cluster: Cluster, stick: Stick | null): string =>
  render('pxe/hakube.ipxe.ejs', {
    cluster: ipxeText(cluster.name),
    server: cluster.server,
    tries,
    cards,
    stick: stick !== null,
    firstDisk: stick?.firstDisk ?? null,
    machines: stick?.fixed.flatMap((machine) => fixedAddress(cluster, machine)) ?? [],
  }).text

/**
 * The addresses that a machine uses in place of a DHCP lease. Empty if its address is in a VLAN, because neither firmware nor iPXE's
 * scripts use VLANs.
 */
function fixedAddress(cluster: Cluster, machine: Machine) {
  const macs = bootCards(machine)
  const { netmask, gateway } = subnetOf(cluster, machine)
  const nameServer = cluster.network.nameServers.find((address) => isIP(address) === 4) ?? null
  const { name, address } = machine
  return macs === null ? [] : [{ name: oneLine(name), macs, address, netmask, gateway, nameServer }]
}

/** The script that DHCP points every machine to: finds the machine's own script by the MAC addresses of its interfaces. */
export const ipxeBootScript = (cluster: Cluster): string =>
  render('pxe/boot.ipxe.ejs', {
    cluster: ipxeText(cluster.name),
    server: cluster.server,
    cards,
    tries,
    syslog: syslogOf(cluster),
  }).text

/** iPXE sends syslog only to this port (net/udp/syslog.c, SYSLOG_PORT). */
const syslogOf = ({ syslog }: Cluster): string | null => (syslog?.port === 514 ? syslog.host : null)

/**
 * The script of one machine under one of its MAC addresses.
 *
 * @param declared kernel arguments from the profile and components for the system that boots
 */
export function ipxeMachineScript(
  cluster: Cluster,
  machine: Machine,
  mac: string,
  declared: readonly string[],
  installer: Installer = installerOf(machine),
): string {
  const booted = bootedFrom(cluster, machine, mac, installer)
  return render('pxe/machine.ipxe.ejs', {
    name: ipxeText(machine.name),
    role: machine.role,
    distribution: ipxeText(machine.system.distribution.title),
    mac,
    shownMac: colonMac(mac),
    address: machine.address,
    erases: installer.method.keepsDisk ? ipxeText(systemDiskInWords(machine.storage) ?? 'none') : null,
    menu: cluster.bootMenu === null ? null : `${cluster.server}/${menuPath(machine.macs[0])}`,
    kernel: booted.kernel,
    initrd: booted.initrd,
    arguments: encodeLine(ipxe, bootArguments(cluster, machine, declared, installer), booted),
  }).text
}
