import type { z } from 'zod'
import { type Exchange, neverStored, sendBody } from '../exchange.ts'
import type { Operated } from '../operated.ts'
import type { PageState } from '../page/state.ts'
import type { ServedSite } from '../served-site.ts'
import type { RequestKind, Vitals } from '../vitals.ts'

/** One request for an operation, after it is sure who asks. */
export type Call = {
  exchange: Exchange
  site: ServedSite
  operated: Operated
  vitals: Vitals
  page: PageState
  /** What stands for the part of the path in braces. */
  parameter: string
}

/** What an operation may answer with a status: JSON that fits a schema, or a sentence as plain text. */
export type AnswerOf = { words: string; schema: z.ZodType | null }

/** Something that the API does. Its description is the OpenAPI document, so that the two cannot differ. */
export type Operation = {
  /** As `operationId`. */
  name: string
  /** For metrics; default: `api`. */
  kind?: RequestKind
  summary: string
  /** Of the request; null where it has none. */
  body: z.ZodType | null
  /** By status. Answers that all operations share, e.g. 401, are not in it. */
  answers: Readonly<Record<number, AnswerOf>>
  /** Numbers that may stand in the query, with what they mean. */
  query?: Readonly<Record<string, string>>
  run(call: Call): Promise<void> | null
}

/** Who may ask: `operator` has the token, `machine` shows that it is the one in the path, `reader` is someone at the page. */
export type Who = 'anyone' | 'operator' | 'machine' | 'reader'

/** A row of the route table. */
export type Row = { method: 'GET' | 'POST'; path: string; who: Who; operation: Operation }

/** Sends JSON, in one line, with its end. */
export function sendJson(exchange: Exchange, status: number, value: unknown): null {
  const body = Buffer.from(`${JSON.stringify(value)}\n`)
  const head = ['Content-Type', 'application/json', 'Content-Length', String(body.length), ...neverStored]
  sendBody(exchange, status, head, body)
  return null
}
