import { isIP } from 'node:net'

/** @returns null when the text is not a web address, or holds what a script or a configuration would have to quote */
export function readWebAddress(text: string): URL | null {
  // URL takes control characters out of the ends and tabs out of the midst, and reads what is left.
  if (/[\s\p{Cc}\p{Cf}"'<>\\`$]/u.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  // Nobody listens at port 0.
  if (!/^https?:$/.test(url.protocol) || url.host === '' || url.port === '0') return null
  // It reads 10.1 and 0x0a.0.0.1 as 10.0.0.1, which not every program does.
  return isIP(url.hostname) === 4 && !text.includes(url.hostname) ? null : url
}

/** The host of an address, an IPv6 address without its brackets. */
export const hostOfAddress = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** The address without its scheme and the slashes at its end, as names of images begin: `registry.example.com/kubernetes`. */
export function withoutScheme(text: string): string {
  const scheme = text.indexOf('://')
  const rest = scheme === -1 ? text : text.slice(scheme + 3)
  let end = rest.length
  while (rest[end - 1] === '/') end -= 1
  return rest.slice(0, end)
}
