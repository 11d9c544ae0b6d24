import { isIPv6 } from './address-family.ts'
import { isIP } from 'node:net'

/** `10.10.10.19:6443`, `[fd00::19]:6443` */
export const hostAndPort = (host: string, port: number): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** Whether a text is a host name or domain name; upper case is allowed. */
export const isHostName = (text: string): boolean =>
  text.length <= 253 && text.split('.').every((part) => label.test(part))

/** `port` is null if the text contains none. */
export type HostAndPort = { host: string; port: number | null }

/**
 * Reads `name`, `name:8080`, `10.10.10.19:6443` and `[fd00::19]:6443`. An IPv6 address without a port needs no brackets. The host is
 * returned without brackets.
 *
 * @returns null for anything else: other spellings of addresses, names of only digits and dots, ports outside 1 to 65535
 */
export function readHostAndPort(text: string): HostAndPort | null {
  if (isIP(text) === 6 && !text.includes('%')) return { host: text, port: null }
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([1-9]\d{0,4}))?$/.exec(text) ?? []
  const port = digits === undefined ? null : Number(digits)
  if (port !== null && port > 65_535) return null
  if (bracketed !== undefined)
    return isIP(bracketed) === 6 && !bracketed.includes('%') ? { host: bracketed, port } : null
  if (plain === undefined || !isHostName(plain)) return null
  // Programs read names of only digits and dots as addresses, and some read 10.1 as 10.0.0.1.
  return /^[\d.]+$/.test(plain) && isIP(plain) !== 4 ? null : { host: plain, port }
}
