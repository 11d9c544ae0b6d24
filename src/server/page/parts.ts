import { createHash } from 'node:crypto'
import { canonicalMac } from '../../network/mac.ts'
import { readTemplate } from '../../templates/template.ts'
import type { Call, Operation } from '../api/operation.ts'
import { sendBody, sendText } from '../exchange.ts'
import { safeHead } from './frame.ts'
import { queryOf } from './query.ts'

const kept = new Map<string, { body: Buffer; etag: string }>()

/** A static file of the page that ships with hakube. */
function part(name: string, type: string): Operation {
  return {
    name: `part:${name}`,
    kind: 'page',
    summary: `${name} of the page.`,
    body: null,
    answers: {},
    run({ exchange }) {
      let file = kept.get(name)
      if (!file) {
        const body = Buffer.from(readTemplate(`page/${name}`))
        file = { body, etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"` }
        kept.set(name, file)
      }
      const { body, etag } = file
      const head = ['Content-Type', type, 'Cache-Control', 'no-cache', 'ETag', etag, ...safeHead]
      head.push('X-Content-Type-Options', 'nosniff')
      if (exchange.request.headers['if-none-match'] === etag) sendBody(exchange, 304, head, Buffer.alloc(0))
      else sendBody(exchange, 200, [...head, 'Content-Length', String(body.length)], body)
      return null
    },
  }
}

export const style = part('style.css', 'text/css; charset=utf-8')
export const script = part('live.js', 'text/javascript; charset=utf-8')
export const icon = part('icon.svg', 'image/svg+xml')

export const live: Operation = {
  name: 'live',
  kind: 'page',
  summary: 'Server-sent events: something has changed, with ?machine=MAC also in the log of that machine.',
  body: null,
  answers: {},
  run({ exchange, page }: Call) {
    const machine = canonicalMac(queryOf(exchange.request).get('machine') ?? '')
    if (exchange.request.method === 'GET' && page.live.add(exchange, machine)) return null
    sendText(exchange, 503, 'too many pages are open', ['Retry-After', '15'])
    return null
  },
}
