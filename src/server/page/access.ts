import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { plainAddress } from '../client.ts'
import { readHost } from './host.ts'

/** Who may view the page: clients on the serving machine, everyone, or nobody. */
export const readers = ['local', 'all', 'none'] as const
export type Readers = (typeof readers)[number]

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.')

/** Headers in which a proxy names its client. */
const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const

/**
 * Whether a request comes from the serving machine itself, as through an SSH tunnel. Its source address is then a loopback address, or
 * the server's own address on this connection, to which an answer never leaves the machine. A proxy that names its client acts for
 * someone else.
 */
export function isHere({ socket, headers }: IncomingMessage): boolean {
  const from = plainAddress(socket.remoteAddress)
  const to = plainAddress(socket.localAddress)
  return (isLoopback(from) || from === to) && !forwarded.some((name) => headers[name] !== undefined)
}

/**
 * Whether the server may answer under a host name. A foreign web page can point its own name to our address (DNS rebinding), and its
 * script could then read our pages; so only names that nobody else can control are accepted.
 *
 * @param host of the request
 * @param server the server's name or address in the profile
 */
export function isOwnName(host: string | undefined, server: string | null): boolean {
  const name = readHost(host ?? '')
  if (name === null) return false
  if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')) return true
  return server !== null && URL.canParse(server) && new URL(server).hostname.toLowerCase() === name
}

/** Whether a form was sent by a page of this server. Browsers send Origin with every POST: https://fetch.spec.whatwg.org/#origin-header */
export function isOwnForm({ headers }: IncomingMessage): boolean {
  const { origin, host = '' } = headers
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  return origin === `http://${host}` || origin === `https://${host}`
}
