import { refusal } from '../../diagnostics/refusal.ts'
import { listNames } from '../named-machines.ts'
import type { Bound, ListenAt } from '../../server/listen.ts'
import type { Enrolling } from '../../server/served-site.ts'
import type { SiteServer } from '../../server/server.ts'
import { hostOfAddress, portOfAddress } from '../../text/web-address.ts'
import type { Context } from '../context.ts'

/* The addresses on which the server listens, and those at which machines contact it. */

export const atOf = (descriptor: number | null): ListenAt | null =>
  descriptor === null ? null : { descriptor }

/** Spelled as the value of `--listen`. */
export const addressOf = ({ address, port }: Bound): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

export const withPort = (address: string, port: number): string => `${address.replace(/:\d+$/, '')}:${port}`

/**
 * Listens for TLS connections of the machines of each profile, on the address of HTTP with the port of the profile, or any free port if HTTP has one, as
 * in a trial.
 *
 * @param plain the address of HTTP, as `--listen` spells it
 * @param given a socket of the service manager
 * @returns what to tell the user
 * @throws Refusal for one address for several profiles, and as `listenTls`
 */
export async function listenSecurely(
  { options }: Context,
  server: SiteServer,
  all: readonly Enrolling[],
  { plain, given }: { plain: string; given: ListenAt | null },
): Promise<string> {
  const option = options.text('listen-tls')
  if (all.length > 1 && (option !== null || given !== null))
    throw refusal(
      'serve/several',
      `--listen-tls is one address, and machines enrol on ports of their own: ${listNames(all.map(({ profile, port }) => `${port} (${profile})`))}`,
      { hint: 'leave it out: the server listens on the address of --listen, with the port of each profile' },
    )
  let text = ''
  for (const { profile, url, port } of all) {
    const usual = withPort(plain, plain.endsWith(':0') ? 0 : port)
    const bound = await server.listenTls(given ?? option ?? usual, profile)
    const whose = all.length > 1 ? ` of ${profile}` : ''
    text += `hakube: machines${whose} enrol on ${bound.url}\n${wrongAddress(url, bound, '--listen-tls')}`
  }
  return text
}

/**
 * Warns if machines contact another address.
 *
 * @param wanted the one in the profile; null if it is not known
 */
export function wrongAddress(
  wanted: string | null,
  { address, port, url }: Bound,
  option = '--listen',
): string {
  if (wanted === null) return ''
  const everywhere = address === '0.0.0.0' || address === '::'
  const parsed = new URL(wanted)
  const host = hostOfAddress(parsed)
  if (portOfAddress(parsed) === port && (everywhere || host === address)) return ''
  return (
    `hakube: warning: machines contact ${wanted}, as the profile says, but this server listens on ${url}; ` +
    `use ${option}, or a proxy in front\n`
  )
}
