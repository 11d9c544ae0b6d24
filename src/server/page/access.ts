import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { plainAddress } from '../client.ts'
import { readHost } from './host.ts'

/** Who may read the page: those on the machine that serves, all who reach it, or nobody. */
export const readers = ['local', 'all', 'none'] as const
export type Readers = (typeof readers)[number]

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.')

/** What a proxy writes that says for whom it asks. */
const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const

/**
 * Whether a request comes from the machine that serves, as the end of an SSH tunnel does. Its address is then one of loopback, or the one
 * that the server has on this connection: an answer to that never leaves the machine. A proxy that says so asks for somebody else.
 */
export function isHere({ socket, headers }: IncomingMessage): boolean {
  const from = plainAddress(socket.remoteAddress)
  const to = plainAddress(socket.localAddress)
  return (isLoopback(from) || from === to) && !forwarded.some((name) => headers[name] !== undefined)
}

/**
 * Whether a server may answer under a name. A web page of a stranger can give its own name our address (DNS rebinding), and would then be
 * read by its script as its own; so no name is taken but those that only we can have.
 *
 * @param host of the request
 * @param server what machines call this server, as the profile says
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
