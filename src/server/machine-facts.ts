import { canonicalMac } from '../network/mac.ts'
import { MachineFacts, mostMacs } from '../state/events.ts'

/** The MAC addresses in `macs=52-54-00-aa-bb-01.52-54-00-aa-bb-02..`; missing interfaces leave gaps. */
function macsOf(text: string): string[] {
  const macs = text.split('.').flatMap((spelling) => canonicalMac(spelling) ?? [])
  return [...new Set(macs)].slice(0, mostMacs)
}

/**
 * What iPXE reports about a machine in the query of its request: `?product=PowerEdge+R650&serial=…` (pxe/boot.ipxe.ejs). Anybody can send
 * it, so only known fields are accepted, and only their visible characters.
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
