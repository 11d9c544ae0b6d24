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
import { ipxe } from './loaders.ts'

/** Network interfaces of a machine that the script asks for, after the one it booted from. */
const cards = [0, 1, 2, 3, 4, 5, 6, 7]

/**
 * How often a machine asks, every 30 s, before it tries its disk: ten minutes. One without a disk that boots goes on asking; only UEFI cannot
 * come back from the disk.
 */
const tries = 20

type Stick = {
  /** Machines that get the address of the profile from the script; all others ask DHCP. */
  fixed: readonly Machine[]
  /** The machine's first disk as BIOS numbers it; null: as without a stick. */
  firstDisk: '0x81' | null
}

/** The script beside the loaders of TFTP: asks for the one below until the server is there. */
export const ipxeRetryScript = (cluster: Cluster): string => retryScript(cluster, null)

/** The script of a stick or of virtual media, which does the same without TFTP and boot files of DHCP. */
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

/** What a machine is given in place of a lease. Nothing where its address is in a VLAN: firmware and iPXE's scripts use none. */
function fixedAddress(cluster: Cluster, machine: Machine) {
  const macs = bootCards(machine)
  const { netmask, gateway } = subnetOf(cluster, machine)
  const nameServer = cluster.network.nameServers.find((address) => isIP(address) === 4) ?? null
  const { name, address } = machine
  return macs === null ? [] : [{ name: oneLine(name), macs, address, netmask, gateway, nameServer }]
}

/** The script that DHCP points every machine to: finds the machine's own by the MAC addresses of its interfaces. */
export const ipxeBootScript = (cluster: Cluster): string =>
  render('pxe/boot.ipxe.ejs', {
    cluster: ipxeText(cluster.name),
    server: cluster.server,
    cards,
    tries,
    syslog: syslogOf(cluster),
  }).text

/** iPXE sends to no other port (net/udp/syslog.c, SYSLOG_PORT). */
const syslogOf = ({ syslog }: Cluster): string | null => (syslog?.port === 514 ? syslog.host : null)

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
    kernel: booted.kernel,
    initrd: booted.initrd,
    arguments: encodeLine(ipxe, bootArguments(cluster, machine, declared, installer), booted),
  }).text
}

/** Text for iPXE's `echo`: its words come out with single spaces between them. @throws for a word that iPXE would change */
export function ipxeText(text: string): string {
  const words = text.split(' ').filter((word) => word !== '')
  for (const word of words) {
    const problem = /[\s\p{Cc}]/u.test(word) ? 'holds a control character' : ipxe.problemOf(word)
    if (problem !== null) throw new TypeError(`iPXE cannot show ${JSON.stringify(word)}: it ${problem}`)
  }
  return words.join(' ')
}
