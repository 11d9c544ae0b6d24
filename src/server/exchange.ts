import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FileHandle } from 'node:fs/promises'
import { plainText } from '../templates/site-file.ts'
import type { RequestKind } from './vitals.ts'

/** One request and what has become of it so far. */
export type Exchange = {
  request: IncomingMessage
  response: ServerResponse
  machine: string | null
  kind: RequestKind
  /** Of a request for a machine that is not in the site. */
  unknownMac: string | null
  status: number
  /** Bytes of the body that the system has taken from us. */
  bytes: number
  /** Bytes that go out with the end of the response. */
  lastBytes: number
  /** It ends when the client goes: that is not too early. */
  isEndless: boolean
  /** The connection broke. */
  gone: boolean
  /** Called when it breaks. */
  wake: (() => void) | null
  /** To be called when the client took some of the response. */
  progress: () => void
}

/** Sends a body that is in memory; HEAD gets the same head. */
export function sendBody(exchange: Exchange, status: number, head: string[], body: Buffer): void {
  const { request, response } = exchange
  exchange.status = status
  response.writeHead(status, head)
  if (request.method === 'HEAD' || body.length === 0) {
    response.end()
    return
  }
  exchange.lastBytes = body.length
  response.end(body)
}

/** A seed is a secret, a boot script of yesterday is wrong today, and what is missing may be there tomorrow. */
export const neverStored = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'] as const

/** A short plain text, for errors: it says nothing about machines. */
export function sendText(exchange: Exchange, status: number, text: string, extra: string[] = []): void {
  const body = Buffer.from(`${text}\n`)
  const head = ['Content-Type', plainText, 'Content-Length', String(body.length), ...neverStored, ...extra]
  sendBody(exchange, status, head, body)
}

const chunkLength = 128 * 1024
const mostSpareChunks = 32
const spareChunks: Buffer[] = []

/** Settles when the system has taken the chunk, or the connection is gone. */
async function write(exchange: Exchange, chunk: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    exchange.wake = resolve
    exchange.response.write(chunk, (fault) => {
      if (!fault) {
        exchange.bytes += chunk.length
        exchange.progress()
      }
      resolve()
    })
  })
  exchange.wake = null
}

/**
 * Sends part of an open file as the body, after the head. A chunk is read when the one before has been taken, so a client that
 * stands still holds one chunk and no more. A file that became shorter breaks the connection: the client must not take
 * what it has for the whole.
 */
export async function sendFilePart(
  exchange: Exchange,
  handle: FileHandle,
  first: number,
  last: number,
): Promise<void> {
  const { response } = exchange
  const chunk = spareChunks.pop() ?? Buffer.allocUnsafeSlow(chunkLength)
  let position = first
  while (position <= last && !exchange.gone) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(chunkLength, last - position + 1), position)
    if (bytesRead === 0) {
      response.destroy()
      return
    }
    await write(exchange, chunk.subarray(0, bytesRead))
    position += bytesRead
  }
  if (exchange.gone) return
  // Only now is the chunk surely no longer in use.
  if (spareChunks.length < mostSpareChunks) spareChunks.push(chunk)
  response.end()
}
