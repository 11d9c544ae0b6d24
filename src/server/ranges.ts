import type { IncomingHttpHeaders } from 'node:http'

/** First and last byte, both included. */
export type ByteRange = { first: number; last: number }

/** What a client may compare with what it has. */
export type Validators = { etag: string; modified: Date }

/**
 * What part of a body a Range field asks for (RFC 9110, section 14). One range is answered with that part. Several, an
 * unknown unit and a malformed field are answered with the whole, as section 14.2 allows: boot loaders and installers ask for
 * one at a time.
 */
export function selectRange(field: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(field ?? '')
  if (!match) return 'whole'
  const [, from = '', to = ''] = match
  if (from === '' && to === '') return 'whole'
  if (from === '') {
    const count = Math.min(Number(to), size)
    return count === 0 ? 'unsatisfiable' : { first: size - count, last: size - 1 }
  }
  const first = Number(from)
  if (to !== '' && Number(to) < first) return 'whole'
  if (first >= size) return 'unsatisfiable'
  return { first, last: to === '' ? size - 1 : Math.min(Number(to), size - 1) }
}

/** Last-Modified has whole seconds. */
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '')

/** Whether the client has this very version already (If-None-Match, or without it If-Modified-Since): 304. */
export function isNotModified(headers: IncomingHttpHeaders, { etag, modified }: Validators): boolean {
  const tags = headers['if-none-match']
  if (tags !== undefined) return tags.trim() === '*' || tags.split(',').some((tag) => opaque(tag) === etag)
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && seconds(modified) <= since / 1000
}

/** Whether a range may be joined to what the client has (If-Range, strong comparison); without the field, yes. */
export function mayUseRange(headers: IncomingHttpHeaders, { etag, modified }: Validators): boolean {
  const field = headers['if-range']
  if (field === undefined) return true
  const value = String(field).trim()
  if (value.startsWith('"') || value.startsWith('W/')) return value === etag
  return value === modified.toUTCString()
}
