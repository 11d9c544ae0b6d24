import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { readBytes } from './body.ts'
import { clientOf } from './client.ts'
import { type Exchange, sendText } from './exchange.ts'

/** Notifications of a git forge after a push. */
export type Webhook = {
  secret: string
  /** Triggers a check for a new commit. */
  pushed: () => void
}

/** Enough for a push with thousands of commits. A larger one is found by the next regular check. */
const mostBody = 1024 * 1024
/** Bodies that are read at a time, in total and from one address, so that a slow sender cannot block the forge. */
const mostAtOnce = 32
const mostOfOne = 2

const equal = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other)

const digest = (key: string, body: Buffer): Buffer => createHmac('sha256', key).update(body).digest()

const first = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? ''

/**
 * Whether a request proves knowledge of the secret. GitHub, Gitea and Forgejo sign the body (`X-Hub-Signature-256: sha256=…`); GitLab
 * sends the secret itself (`X-Gitlab-Token`).
 */
export function showsSecret(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  const [, signature] = /^sha256=([0-9a-f]{64})$/.exec(first(headers['x-hub-signature-256'])) ?? []
  if (signature !== undefined) return equal(Buffer.from(signature, 'hex'), digest(secret, body))
  const token = headers['x-gitlab-token']
  // Values of equal length, so that the comparison takes constant time.
  return (
    token !== undefined &&
    equal(digest(secret, Buffer.from(first(token))), digest(secret, Buffer.from(secret)))
  )
}

/** The number of bodies being read, by address. */
const reading = new Map<string, number>()

/**
 * Reserves a place for a body.
 *
 * @returns a function that releases it; null if there is none
 */
function takePlace(client: string): (() => void) | null {
  const own = reading.get(client) ?? 0
  const all = [...reading.values()].reduce((sum, count) => sum + count, 0)
  if (own >= mostOfOne || all >= mostAtOnce) return null
  reading.set(client, own + 1)
  return () => {
    const left = (reading.get(client) ?? 1) - 1
    if (left === 0) reading.delete(client)
    else reading.set(client, left)
  }
}

/** Answers a webhook. Its contents are not used, so sending it again only makes the server check once more. */
export async function answerWebhook(exchange: Exchange, { secret, pushed }: Webhook): Promise<void> {
  const end = ['Connection', 'close']
  const { method, headers } = exchange.request
  if (method !== 'POST') return sendText(exchange, 405, 'only POST', ['Allow', 'POST', ...end])
  if (Number(headers['content-length'] ?? 0) > mostBody)
    return sendText(exchange, 413, 'the body is too long', end)
  const leave = takePlace(clientOf(exchange.request.socket))
  if (!leave) return sendText(exchange, 503, 'too many requests', ['Retry-After', '5', ...end])
  let body: Buffer | null
  try {
    body = await readBytes(exchange, mostBody)
  } finally {
    leave()
  }
  if (exchange.gone) return
  if (body === null) return sendText(exchange, 413, 'the body is too long', end)
  if (!showsSecret(headers, body, secret))
    return sendText(exchange, 401, 'this needs the secret of the webhook', end)
  pushed()
  sendText(exchange, 202, 'the server checks the repository')
}
