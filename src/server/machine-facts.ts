import { canonicalMac } from '../network/mac.ts'
import { MachineFacts, mostMacs } from '../state/events.ts'

/** The MAC addresses of `macs=52-54-00-aa-bb-01.52-54-00-aa-bb-02..`, where an interface that is not there leaves a gap. */
function macsOf(text: string): string[] {
  const macs = text.split('.').flatMap((spelling) => canonicalMac(spelling) ?? [])
  return [...new Set(macs)].slice(0, mostMacs)
}

/**
 * What iPXE says of a machine in the query of its address: `?product=PowerEdge+R650&serial=…` (pxe/boot.ipxe.ejs). It may be anybody's,
 * so only known words are taken, and only visible characters of them.
 *
 * @param target of the request
 */
export function factsOf(target: string): MachineFacts {
  const query = new URLSearchParams(/\?([^#]*)/.exec(target)?.[1]?.slice(0, 2048) ?? '')
  const facts: Record<string, string | string[]> = {}
  const macs = macsOf(query.get('macs') ?? '')
  if (macs.length > 0) facts['macs'] = macs
  for (const name of ['uuid', 'serial', 'manufacturer', 'product', 'firmware', 'architecture']) {
    const text = (query.get(name) ?? '')
      .replaceAll(/[^\x20-\x7e]/g, '')
      .trim()
      .slice(0, 100)
    if (text !== '') facts[name] = text
  }
  const parsed = MachineFacts.safeParse(facts)
  return parsed.success ? parsed.data : {}
}
