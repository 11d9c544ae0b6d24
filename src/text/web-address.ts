import { isIP } from 'node:net'

/**
 * Reads an HTTP or HTTPS address.
 *
 * @returns null when the text is not one, or contains characters that a script or a configuration would have to quote
 */
export function readWebAddress(text: string): URL | null {
  // `URL` silently removes control characters at the ends and tabs anywhere, so they are rejected here.
  if (/[\s\p{Cc}\p{Cf}"'<>\\`$]/u.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  // Port 0 cannot be connected to.
  if (!/^https?:$/.test(url.protocol) || url.host === '' || url.port === '0') return null
  // `URL` reads 10.1 and 0x0a.0.0.1 as 10.0.0.1; not every program does.
  return isIP(url.hostname) === 4 && !text.includes(url.hostname) ? null : url
}

/** The host of an address; IPv6 addresses come without brackets. */
export const hostOfAddress = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** The port of an address, also where it is that of the scheme. */
export const portOfAddress = ({ port, protocol }: URL): number =>
  Number(port || (protocol === 'https:' ? 443 : 80))

/** The address without its scheme and trailing slashes, as image names start: `registry.example.com/kubernetes`. */
export function withoutScheme(text: string): string {
  const scheme = text.indexOf('://')
  const rest = scheme === -1 ? text : text.slice(scheme + 3)
  let end = rest.length
  while (rest[end - 1] === '/') end -= 1
  return rest.slice(0, end)
}
