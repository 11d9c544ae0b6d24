import type { z } from 'zod'
import { type Exchange, neverStored, sendBody } from '../exchange.ts'
import type { Operated } from '../operated.ts'
import type { PageState } from '../page/state.ts'
import type { ServedSite } from '../served-site.ts'
import type { RequestKind, Vitals } from '../vitals.ts'

/** One request for an operation, after the client was authenticated. */
export type Call = {
  exchange: Exchange
  site: ServedSite
  operated: Operated
  vitals: Vitals
  page: PageState
  /** The value of the path segment in braces. */
  parameter: string
}

/** An answer for one status: JSON that conforms to a schema, or a sentence as plain text. */
export type AnswerOf = { words: string; schema: z.ZodType | null }

/** An operation of the API. The OpenAPI document is made from it, so the two cannot differ. */
export type Operation = {
  /** Written as `operationId`. */
  name: string
  /** For metrics; default: `api`. */
  kind?: RequestKind
  summary: string
  /** Schema of the request body; null without one. */
  body: z.ZodType | null
  /** By status, without answers that all operations share, e.g. 401. */
  answers: Readonly<Record<number, AnswerOf>>
  /** Numeric query parameters, with their descriptions. */
  query?: Readonly<Record<string, string>>
  run(call: Call): Promise<void> | null
}

/** Who may use it: `operator` has the token, `machine` has authenticated as the one in the path, `reader` may view the page. */
export type Who = 'anyone' | 'operator' | 'machine' | 'reader'

/** A row of the route table. */
export type Row = { method: 'GET' | 'POST'; path: string; who: Who; operation: Operation }

/** Sends JSON on one line. */
export function sendJson(exchange: Exchange, status: number, value: unknown): null {
  const body = Buffer.from(`${JSON.stringify(value)}\n`)
  const head = ['Content-Type', 'application/json', 'Content-Length', String(body.length), ...neverStored]
  sendBody(exchange, status, head, body)
  return null
}
