import { consoleArguments } from '../assembly/kernel-arguments.ts'
import { assetAddress } from '../cluster/asset-address.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { BootFile } from '../installers/installer.ts'
import { ramSystem } from '../installers/image.ts'
import { colonMac } from '../network/mac.ts'
import { render } from '../templates/template.ts'
import { serialPort } from './grub.ts'
import { ipxeText } from './ipxe-text.ts'

/*
 * The boot menu of a machine. It is a separate file, which two scripts load: the one that installs and the one that starts the disk
 * (local-disk.ts). So it cannot depend on the state, and contains nothing that a machine may have only in some states: no answers, no seed,
 * no secrets.
 */

/** Most memory modules in a hardware report: a server with two processors has 16 slots for each. */
const mostModules = 32

/** Path in the site of the menu of a machine, by its first MAC address. */
export const menuPath = (mac: string): string => `menu/${mac}`

/** The memory test for a machine; null if the profile has none for its firmware. memtest86+ supports x86 only. */
const memoryTestOf = ({ bootMenu }: Cluster, { architecture, firmware }: Machine) =>
  architecture === 'amd64' ? (bootMenu?.memoryTest[firmware] ?? null) : null

/** Files below assets/ that the choices of a machine load. */
export function menuAssets(cluster: Cluster, machine: Machine): (BootFile & { what: string })[] {
  const { kernel, initrd } = ramSystem(machine)
  const test = memoryTestOf(cluster, machine)
  return [
    ...(cluster.bootMenu?.rescue
      ? [
          { what: 'kernel', ...kernel },
          { what: 'initrd', ...initrd },
        ]
      : []),
    ...(test
      ? [
          {
            what: 'memory test',
            ...test,
            source: "Debian's package memtest86+, in /boot",
            from: ['bootMenu', 'memoryTest', machine.firmware],
          },
        ]
      : []),
  ]
}

/** Options of memtest86+ 6 and later for a serial console: `console=ttyS0,115200` (README.md, "Boot Command Line Options"). */
function consoleOfMemoryTest({ console }: Machine): string {
  const serial = serialPort(console)
  return serial === null ? '' : ` console=ttyS${serial.unit},${serial.speed}`
}

/** The menu as a script for iPXE; null if the profile has no menu. */
export function ipxeMenu(cluster: Cluster, machine: Machine): string | null {
  const { bootMenu, server } = cluster
  if (bootMenu === null) return null
  const { kernel, initrd } = ramSystem(machine)
  const test = memoryTestOf(cluster, machine)
  return render('pxe/menu.ipxe.ejs', {
    server,
    name: ipxeText(machine.name),
    role: machine.role,
    address: machine.address,
    mac: machine.macs[0],
    shownMac: colonMac(machine.macs[0]),
    seconds: bootMenu.timeout,
    keepsDisk: machine.system.install.keepsDisk,
    rescue: bootMenu.rescue
      ? {
          kernel: assetAddress(cluster, kernel.path),
          initrd: assetAddress(cluster, initrd.path),
          console: consoleArguments(machine.console)
            .map((word) => ` ${word}`)
            .join(''),
        }
      : null,
    memoryTest: test && { url: assetAddress(cluster, test.path), console: consoleOfMemoryTest(machine) },
    cards: Array.from({ length: 8 }, (_, card) => card),
    modules: Array.from({ length: mostModules }, (_, module) => module),
  }).text
}
