import { canonicalMac } from '../network/mac.ts'
import { MachineFacts, mostMacs } from '../state/events.ts'

/** The MAC addresses in `macs=52-54-00-aa-bb-01.52-54-00-aa-bb-02..`; missing interfaces leave gaps. */
function macsOf(text: string): string[] {
  const macs = text.split('.').flatMap((spelling) => canonicalMac(spelling) ?? [])
  return [...new Set(macs)].slice(0, mostMacs)
}

/** The number in bytes as iPXE writes them (`00-08`), the lowest first, as SMBIOS has them; null: there are none. */
const littleEndian = (bytes: string | undefined, count: number): number | null =>
  bytes !== undefined && /^[0-9a-f]{2}(?:-[0-9a-f]{2})*$/.test(bytes) && bytes.length === 3 * count - 1
    ? Number.parseInt(bytes.split('-').toReversed().join(''), 16)
    : null

/**
 * MiB of all memory modules: the fields Size and Extended Size of Memory Device (DMTF DSP0134, SMBIOS 3.7, section 7.18).
 *
 * @param sizes two bytes of each module; bit 15: in KiB; all bits: unknown; all but that one: see `large`
 * @param large four bytes of each module
 */
function memoryOf(sizes: string, large: string): number {
  const more = large.split('.')
  return sizes
    .split('.')
    .slice(0, 64)
    .map((bytes, module) => {
      const size = littleEndian(bytes, 2)
      if (size === null || size === 0xff_ff) return 0
      if (size === 0x7f_ff) return (littleEndian(more[module], 4) ?? 0) % 2 ** 31
      return size < 0x80_00 ? size : Math.floor((size % 0x80_00) / 1024)
    })
    .reduce((sum, size) => sum + size, 0)
}

/**
 * What iPXE reports about a machine in the query of its request: `?product=PowerEdge+R650&serial=…` (pxe/boot.ipxe.ejs, pxe/menu.ipxe.ejs). Anyone can send
 * it, so only known fields are accepted, and only their visible characters.
 *
 * @param target of the request
 */
export function factsOf(target: string): MachineFacts {
  const query = new URLSearchParams(/\?([^#]*)/.exec(target)?.[1]?.slice(0, 2048) ?? '')
  const facts: Record<string, string | string[] | number> = {}
  const macs = macsOf(query.get('macs') ?? '')
  if (macs.length > 0) facts['macs'] = macs
  for (const name of ['uuid', 'serial', 'manufacturer', 'product', 'firmware', 'architecture', 'processor']) {
    const text = (query.get(name) ?? '')
      .replaceAll(/[^\x20-\x7e]/g, '')
      .trim()
      .slice(0, 100)
    if (text !== '') facts[name] = text
  }
  const memory = memoryOf(query.get('modules') ?? '', query.get('large') ?? '')
  if (memory > 0) facts['memory'] = memory
  const parsed = MachineFacts.safeParse(facts)
  return parsed.success ? parsed.data : {}
}
