import { type Html, renderHtml } from '../../templates/html.ts'
import type { Call } from '../api/operation.ts'
import { neverStored, sendBody } from '../exchange.ts'
import { isHere } from './access.ts'
import type { Session } from './session.ts'
import { shownTime } from './words.ts'

/** Nothing is loaded from elsewhere, nothing in the page itself runs, and no other page may frame it: https://www.w3.org/TR/CSP3/ */
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

/** Also of the parts of a page. With `no-referrer`, browsers would send no Origin with forms. */
export const safeHead = Object.entries({
  'Content-Security-Policy': policy,
  'Referrer-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}).flat()

export const html = 'text/html; charset=utf-8'

/** The session of a request; none from elsewhere, whatever cookie it has. */
export const sessionOf = ({ exchange: { request }, page }: Call): Session | null =>
  isHere(request) ? page.sessions.find(request) : null

/** Which repository is followed; its address is for who is on this machine. */
function followedWords({ exchange, operated }: Call): string | null {
  const followed = isHere(exchange.request) ? operated.followed?.() : undefined
  if (!followed) return null
  const { repository, ref, checked } = followed
  return `Follows ${ref} of ${repository}, last read ${checked === null ? 'never' : shownTime(checked)}.`
}

/** What all pages have around their content. */
export function frame(call: Call, title: string, content: Html): Html {
  const { exchange, site, vitals } = call
  const { name, commit } = site.described
  const session = sessionOf(call)
  const notice = session?.notice ?? null
  // Scripts fetch the page again in the background: only who opens it has read it.
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

/** A page with a sentence, for what went wrong. */
export const sendMessage = (
  call: Call,
  status: number,
  title: string,
  text: string,
  extra: string[] = [],
): null => sendPage(call, status, title, renderHtml('page/message.ejs', { title, text }), extra)

/** To another page, by GET. @param path of this server */
export function redirect(call: Call, path: string, extra: string[] = []): null {
  const head = ['Location', path, 'Content-Length', '0', ...neverStored, ...safeHead, ...extra]
  sendBody(call.exchange, 303, head, Buffer.alloc(0))
  return null
}
