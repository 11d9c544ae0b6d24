import type { DhcpPlan, Reservation } from '../boot/dhcp/plan.ts'
import type { DhcpOffer, DhcpQuestion } from './dhcp-message.ts'

/** A client that sends DHCP requests when a machine is switched on. `architecture` is the value of option 93. */
export type Firmware = {
  name: 'bios' | 'uefi-x64' | 'uefi-arm64' | 'http-x64' | 'http-arm64'
  /** For messages: "as …". */
  title: string
  architecture: number
  http: boolean
}

const bios: Firmware = { name: 'bios', title: 'BIOS', architecture: 0x00, http: false }
const uefi = {
  amd64: { name: 'uefi-x64', title: 'UEFI (x86-64)', architecture: 0x07, http: false },
  arm64: { name: 'uefi-arm64', title: 'UEFI (arm64)', architecture: 0x0b, http: false },
} as const satisfies Record<Reservation['architecture'], Firmware>
const uefiHttp = {
  amd64: { name: 'http-x64', title: 'UEFI HTTP boot (x86-64)', architecture: 0x10, http: true },
  arm64: { name: 'http-arm64', title: 'UEFI HTTP boot (arm64)', architecture: 0x13, http: true },
} as const satisfies Record<Reservation['architecture'], Firmware>

/** One request of one machine, with the answers. */
export type Client = { machine: Reservation; firmware: Firmware; ipxe: boolean }
export type Asked = Client & { offers: readonly DhcpOffer[] }

const firmwareOf = ({ firmware, architecture }: Reservation): Firmware =>
  firmware === 'bios' ? bios : uefi[architecture]

/**
 * The clients to simulate: every machine with its firmware, and the first one of each kind also as the iPXE that its firmware loads, and
 * with UEFI HTTP boot.
 */
export function clientsOf({ machines }: Pick<DhcpPlan, 'machines'>): Client[] {
  const first = new Map<Firmware, Reservation>()
  for (const machine of machines) {
    const firmware = firmwareOf(machine)
    if (!first.has(firmware)) first.set(firmware, machine)
  }
  return [
    ...machines.map((machine) => ({ machine, firmware: firmwareOf(machine), ipxe: false })),
    ...[...first].map(([firmware, machine]) => ({ machine, firmware, ipxe: true })),
    ...[...first].flatMap(([firmware, machine]) =>
      firmware === bios
        ? []
        : [{ machine, firmware: uefiHttp[machine.architecture] satisfies Firmware, ipxe: false }],
    ),
  ]
}

export const questionOf = ({ machine, firmware, ipxe }: Client): DhcpQuestion => ({
  mac: machine.macs[0].replaceAll(':', ''),
  architecture: firmware.architecture,
  ipxe,
})

/** `w-1 (52:54:00:00:00:11) as UEFI (x86-64)` */
export const inWords = ({ machine, firmware, ipxe }: Client): string =>
  `${machine.name} (${machine.macs[0]}) as ${ipxe ? `iPXE on ${firmware.title}` : firmware.title}`

/** What firmware loads after these offers. A proxy's offer takes precedence over that of the server that assigns the address. */
export function bootOf({ firmware, offers }: Pick<Asked, 'firmware' | 'offers'>): Boot | null {
  const named = offers.filter(({ bootFile }) => bootFile !== null)
  const offer = named.find(({ address }) => address === null) ?? named[0]
  if (!offer || offer.bootFile === null) return null
  return {
    file: offer.bootFile,
    host: offer.nextServer ?? offer.server,
    server: offer.server,
    http: firmware.http,
  }
}

/** @property host of the TFTP server, unless the file is an address */
export type Boot = { file: string; host: string; server: string; http: boolean }

/** The name of a file without its path, e.g. `ipxe.efi`. */
export const fileName = (file: string): string => file.slice(file.lastIndexOf('/') + 1)

/** Whether the file is shim, which starts another loader from the same place. */
export const isShim = (file: string): boolean => /^shim/i.test(fileName(file))
