import type { Cluster, Machine } from '../cluster/cluster.ts'
import { systemDiskInWords } from '../cluster/disk-words.ts'
import { installerOf } from '../installers/index.ts'
import type { Installer } from '../installers/installer.ts'
import { render } from '../templates/template.ts'
import { bootedFrom } from './booted-files.ts'
import { encodeLine } from './command-line.ts'
import { grubQuote } from './grub-quote.ts'
import { diskEntryLines } from './grub-local-disk.ts'
import { bootArguments } from './kernel-arguments.ts'
import { grub, pathAtServer } from './loaders.ts'

/*
 * Menus for network boot with GRUB, the fallback for Secure Boot: distributions sign GRUB, so nothing has to be downloaded. Debian's
 * signed grubnetx64.efi runs (memdisk)/grub.cfg, which reads $prefix/x86_64-efi/grub.cfg or $prefix/grub.cfg; $prefix is `/grub` on the
 * server that it was loaded from (debian/build-efi-images of the source package grub2). It does not look for a file of the machine, so
 * grub.cfg does that. Other builds of GRUB look for $prefix/grub.cfg-01-MAC themselves (grub_net_search_config_file in
 * grub-core/net/net.c).
 *
 * Debian 13's build supports HTTP, Debian 12's only TFTP (tested in QEMU). So file names contain no device: they refer to the one in
 * `root`.
 */

/** The GRUB device of an HTTP server; null for HTTPS, which GRUB does not support. */
function httpDevice(server: string): string | null {
  const { protocol, host } = new URL(server)
  return protocol === 'http:' ? `http,${host}` : null
}

/** The menu that every GRUB loads first, and that loads the machine's own. */
export const grubMenu = (cluster: Cluster): string =>
  render('pxe/grub.cfg.ejs', {
    quote: grubQuote,
    cluster: cluster.name,
    server: cluster.server,
    device: httpDevice(cluster.server),
    disk: diskEntryLines,
  }).text

/** Unit and speed of the serial port of a PC; null if the console is not one. */
export function serialPort(console: string | null): { unit: string; speed: string } | null {
  const [, unit, speed = '9600'] = /^ttyS(\d+)(?:,(\d+))?/.exec(console ?? '') ?? []
  return unit === undefined ? null : { unit, speed }
}

/**
 * The menu of one machine under one of its MAC addresses.
 * @param declared kernel arguments from the profile and components for the system that boots
 * @throws for an argument that GRUB would change, and for a line that it would truncate
 */
export function grubMachineMenu(
  cluster: Cluster,
  machine: Machine,
  mac: string,
  declared: readonly string[],
  installer: Installer = installerOf(machine),
): string {
  const booted = bootedFrom(cluster, machine, mac, installer)
  const line = encodeLine(grub, bootArguments(cluster, machine, declared, installer), booted)
  return render('pxe/machine.grub.ejs', {
    quote: grubQuote,
    name: machine.name,
    role: machine.role,
    address: machine.address,
    distribution: machine.system.distribution.title,
    erases: installer.method.keepsDisk ? (systemDiskInWords(machine.storage) ?? 'none') : null,
    serial: serialPort(machine.console),
    kernel: grubQuote(pathAtServer(booted.kernel)),
    initrd: grubQuote(pathAtServer(booted.initrd)),
    arguments: [...line.split(' '), `BOOTIF=01-${mac}`].map(grubQuote).join(' '),
    disk: diskEntryLines,
  }).text
}
