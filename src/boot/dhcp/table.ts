import type { DhcpPlan, Loader, Reservation } from './plan.ts'

/** Quotes a field according to RFC 4180. */
export const csvField = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** The file that the firmware of the machine loads first, by TFTP or UEFI HTTP boot. */
function loaderOf(
  { loaders }: DhcpPlan,
  { architecture, firmware }: Reservation,
  by: 'tftp' | 'http' = 'tftp',
): Loader | null {
  if (by === 'http' && firmware === 'bios') return null
  const kind = architecture === 'arm64' ? 'arm64' : firmware === 'bios' ? 'bios' : 'x64'
  const name = by === 'http' ? `${kind}-http` : kind
  const loader = loaders.find((each) => each.name === name)
  if (!loader) throw new Error(`no loader for ${architecture} and ${firmware}`)
  return loader
}

/** A table for any other DHCP server, and for people: one line for each interface. */
export function table(plan: DhcpPlan): string {
  const head = [
    'machine',
    'role',
    'mac',
    'address',
    'netmask',
    'gateway',
    'architecture',
    'firmware',
    'next-server',
    'boot-file',
    'boot-file-for-ipxe',
    'boot-file-for-http-client',
  ]
  const rows = plan.machines.flatMap((machine) =>
    machine.macs.map((mac) => [
      machine.name,
      machine.role,
      mac,
      machine.address,
      plan.netmask,
      plan.gateway,
      machine.architecture,
      machine.firmware,
      plan.tftpServer,
      loaderOf(plan, machine)?.file ?? '',
      plan.script ?? '',
      loaderOf(plan, machine, 'http')?.file ?? '',
    ]),
  )
  return [head, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('')
}
