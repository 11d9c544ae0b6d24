import { type Html, renderHtml } from '../../templates/html.ts'
import type { Call } from '../api/operation.ts'
import { neverStored, sendBody } from '../exchange.ts'
import { isHere } from './access.ts'
import type { Session } from './session.ts'
import { shownTime } from './words.ts'

/** Nothing is loaded from other origins, inline scripts do not run, and no other page may frame it: https://www.w3.org/TR/CSP3/ */
export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers of pages and their parts. With `no-referrer`, browsers would send no Origin with forms. */
export const safeHead = Object.entries({
  'Content-Security-Policy': policy,
  'Referrer-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}).flat()

export const html = 'text/html; charset=utf-8'

/** The session of a request. Remote requests have none, whatever their cookie. */
export const sessionOf = ({ exchange: { request }, page }: Call): Session | null =>
  isHere(request) ? page.sessions.find(request) : null

/** The repository that is followed; only clients on this machine see its address. */
function followedWords({ exchange, operated }: Call): string | null {
  const followed = isHere(exchange.request) ? operated.followed?.() : undefined
  if (!followed) return null
  const { repository, ref, checked } = followed
  return `Follows ${ref} of ${repository}, last read ${checked === null ? 'never' : shownTime(checked)}.`
}

/** The header and footer of all pages. */
export function frame(call: Call, title: string, content: Html): Html {
  const { exchange, site, vitals } = call
  const { name, commit } = site.described
  const session = sessionOf(call)
  const notice = session?.notice ?? null
  // The script fetches the page in the background; only a user who opens it has read the notice.
  if (session && exchange.request.headers['sec-fetch-mode'] !== 'cors') session.notice = null
  return renderHtml('page/layout.ejs', {
    title: name === null ? `${title} - hakube` : `${title} - ${name} - hakube`,
    profile: name,
    commit,
    version: vitals.version,
    since: vitals.siteSince.toISOString(),
    shownSince: shownTime(vitals.siteSince.toISOString()),
    signedIn: session !== null,
    maySignIn: isHere(exchange.request),
    form: session?.form ?? '',
    notice,
    followed: followedWords(call),
    content,
  })
}

export function sendPage(
  call: Call,
  status: number,
  title: string,
  content: Html,
  extra: string[] = [],
): null {
  const body = Buffer.from(frame(call, title, content).text)
  const head = [
    'Content-Type',
    html,
    'Content-Length',
    String(body.length),
    ...neverStored,
    ...safeHead,
    ...extra,
  ]
  sendBody(call.exchange, status, head, body)
  return null
}

/** A page with a sentence, for errors. */
export const sendMessage = (
  call: Call,
  status: number,
  title: string,
  text: string,
  extra: string[] = [],
): null => sendPage(call, status, title, renderHtml('page/message.ejs', { title, text }), extra)

/**
 * Redirects to another page, with GET.
 *
 * @param path on this server
 */
export function redirect(call: Call, path: string, extra: string[] = []): null {
  const head = ['Location', path, 'Content-Length', '0', ...neverStored, ...safeHead, ...extra]
  sendBody(call.exchange, 303, head, Buffer.alloc(0))
  return null
}
