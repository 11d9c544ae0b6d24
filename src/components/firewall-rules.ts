import { familyOf, isIPv6 } from '../text/address-family.ts'
import { compareText } from '../text/order.ts'
import { contains, parseNetwork } from '../network/addresses.ts'
import { oneLine } from '../assembly/lines.ts'
import type { Declared, Port } from '../assembly/component.ts'

export type Rule = {
  /** As firewalls spell it. */
  protocol: string
  /** `6443` or `30000-32767`; empty: the whole protocol. */
  ports: string
  /** Addresses by family, because one rule contains addresses of one family only. Empty: any source. */
  sources: readonly { family: 'ipv4' | 'ipv6'; addresses: readonly string[] }[]
  purpose: string
}

const families = ['ipv4', 'ipv6'] as const

/** Distributions name it differently in /etc/protocols; its number is fixed (https://www.iana.org/assignments/protocol-numbers/). */
const protocolNames: Readonly<Partial<Record<Port['protocol'], string>>> = { 'ip-in-ip': '4' }

type Opening = {
  protocol: Port['protocol']
  /** 0 for the whole protocol. */
  first: number
  last: number
  sources: readonly string[]
  purposes: readonly string[]
}

/** The rules without duplicates, sorted, so that the order of components does not matter. */
export function rulesOf({ ports }: Declared): Rule[] {
  const openings = new Map<string, Opening>()
  for (const { protocol, port = 0, lastPort = port, sources = [], purpose } of ports) {
    const key = keyOf(protocol, port, lastPort, sources)
    const purposes = openings.get(key)?.purposes ?? []
    const all = purposes.includes(purpose) ? purposes : [...purposes, purpose]
    openings.set(key, { protocol, first: port, last: lastPort, sources, purposes: all })
  }
  const sorted = [...openings]
  sorted.sort(([one], [other]) => compareText(one, other))
  return joined(sorted.map(([, opening]) => opening)).map(ruleOf)
}

const rangeOf = (first: number, last: number): string =>
  first === 0 ? '' : `${first}${last === first ? '' : `-${last}`}`

const keyOf = (protocol: string, first: number, last: number, sources: readonly string[]): string =>
  `${protocol} ${String(first).padStart(5, '0')} ${rangeOf(first, last)} ${sources.join(' ')}`

/** Merges overlapping port ranges that are open to everyone: firewalld warns about ports that a zone already contains. */
function joined(openings: readonly Opening[]): Opening[] {
  const result: Opening[] = []
  for (const opening of openings) {
    const place = result.findIndex(
      ({ protocol, first, last, sources }) =>
        protocol === opening.protocol &&
        sources.length === 0 &&
        opening.sources.length === 0 &&
        first > 0 &&
        opening.first > 0 &&
        opening.first <= last &&
        opening.last >= first,
    )
    const earlier = result[place]
    if (earlier)
      result[place] = {
        ...earlier,
        last: Math.max(earlier.last, opening.last),
        purposes: [...new Set([...earlier.purposes, ...opening.purposes])],
      }
    else result.push(opening)
  }
  return result
}

const ruleOf = ({ protocol, first, last, sources, purposes }: Opening): Rule => ({
  protocol: protocolNames[protocol] ?? protocol,
  ports: rangeOf(first, last),
  sources: families
    .map((family) => ({ family, addresses: widest(sources.filter((source) => familyOf(source) === family)) }))
    .filter(({ addresses }) => addresses.length > 0),
  purpose: oneLine(purposes.join('; ')),
})

/** Removes duplicates and networks that lie within another: nft rejects sets with overlapping members. */
function widest(sources: readonly string[]): string[] {
  const networks = [...new Set(sources)].map((text) => ({
    text,
    network: parseNetwork(text.includes('/') ? text : `${text}/${isIPv6(text) ? 128 : 32}`),
  }))
  return networks
    .filter(
      ({ network: own }) =>
        !own ||
        !networks.some(
          ({ network }) =>
            network && network !== own && network.prefixLength < own.prefixLength && contains(network, own),
        ),
    )
    .map(({ text }) => text)
}

/** The argument with which firewall-cmd checks that a rule for everyone is in force. */
export const queryOf = ({ protocol, ports }: Rule): string =>
  ports === '' ? `--query-protocol=${protocol}` : `--query-port=${ports}/${protocol}`
