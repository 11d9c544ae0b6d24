import type { IncomingHttpHeaders } from 'node:http'

/** The first and the last byte, inclusive. */
export type ByteRange = { first: number; last: number }

/** Values that a client compares with those of its copy. */
export type Validators = { etag: string; modified: Date }

/**
 * The part of a body that a Range field requests (RFC 9110, section 14). A single range gets that part. Several ranges, unknown units and
 * malformed fields get the whole body, as section 14.2 allows: boot loaders and installers request one range at a time.
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

/** Last-Modified has a resolution of one second. */
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '')

/** Whether the client already has this version (If-None-Match, or else If-Modified-Since): 304. */
export function isNotModified(headers: IncomingHttpHeaders, { etag, modified }: Validators): boolean {
  const tags = headers['if-none-match']
  if (tags !== undefined) return tags.trim() === '*' || tags.split(',').some((tag) => opaque(tag) === etag)
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && seconds(modified) <= since / 1000
}

/** Whether a range fits the client's partial copy (If-Range, strong comparison); true without the field. */
export function mayUseRange(headers: IncomingHttpHeaders, { etag, modified }: Validators): boolean {
  const field = headers['if-range']
  if (field === undefined) return true
  const value = String(field).trim()
  if (value.startsWith('"') || value.startsWith('W/')) return value === etag
  return value === modified.toUTCString()
}
