import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The permissions of a browser that has sent the operator's token, until it signs out, the session expires, or the server stops. */
export type Session = {
  /** A token in each form of the page, so that no other page can send one. */
  form: string
  /** Shown once. */
  notice: string | null
  until: number
}

export type Sessions = {
  /**
   * Starts a session.
   *
   * @returns the value of Set-Cookie
   */
  begin(request: IncomingMessage): string
  find(request: IncomingMessage): Session | null
  /**
   * Ends the session of the request.
   *
   * @returns the value of Set-Cookie
   */
  end(request: IncomingMessage): string
}

const lifetime = 8 * 3600 * 1000
const mostSessions = 100

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** The key under which a session is stored. */
const keyOf = (value: string): string => digest(value).toString('hex')

/** Compares in constant time. */
export const isSame = (given: string, right: string): boolean => timingSafeEqual(digest(given), digest(right))

/** Cookies ignore the port, so the name contains it, to separate two servers on one machine. */
const cookieName = ({ socket }: IncomingMessage): string => `hakube-${socket.localPort ?? 0}`

function cookieOf(request: IncomingMessage): string | null {
  const name = cookieName(request)
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key = '', value = ''] = pair.trim().split('=')
    if (key === name) return value
  }
  return null
}

/**
 * Sessions in memory, by the digest of the cookie. The cookie is not the operator's token: reading it gives access to the page for a few
 * hours only. Scripts cannot read it, and browsers send it only from pages of this machine (RFC 6265bis, SameSite).
 */
export function keepSessions(now: () => number = Date.now): Sessions {
  const sessions = new Map<string, Session>()
  const attributes = 'Path=/; HttpOnly; SameSite=Strict'
  return {
    begin(request) {
      for (const [key, { until }] of sessions) if (until <= now()) sessions.delete(key)
      const [oldest] = sessions.keys()
      if (sessions.size >= mostSessions && oldest !== undefined) sessions.delete(oldest)
      const value = randomBytes(32).toString('base64url')
      const form = randomBytes(32).toString('base64url')
      sessions.set(keyOf(value), { form, notice: null, until: now() + lifetime })
      return `${cookieName(request)}=${value}; ${attributes}; Max-Age=${lifetime / 1000}`
    },
    find(request) {
      const value = cookieOf(request)
      const session = value === null ? undefined : sessions.get(keyOf(value))
      return session && session.until > now() ? session : null
    },
    end(request) {
      const value = cookieOf(request)
      if (value !== null) sessions.delete(keyOf(value))
      return `${cookieName(request)}=; ${attributes}; Max-Age=0`
    },
  }
}
