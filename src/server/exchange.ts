import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FileHandle } from 'node:fs/promises'
import { plainText } from '../templates/site-file.ts'
import type { RequestKind } from './vitals.ts'

/** A request, and the state of its response. */
export type Exchange = {
  request: IncomingMessage
  response: ServerResponse
  machine: string | null
  kind: RequestKind
  /** Set if a machine that is not in the site was requested. */
  unknownMac: string | null
  status: number
  /** Bytes of the body that the system has accepted. */
  bytes: number
  /** Bytes that are written together with the end of the response. */
  lastBytes: number
  /** The response has no end of its own, so a client that disconnects has not aborted it. */
  isEndless: boolean
  /** The connection broke. */
  gone: boolean
  /** Called when the connection breaks. */
  wake: (() => void) | null
  /** Called when the client has received part of the response. */
  progress: () => void
}

/** Sends a body from memory; a HEAD request gets the same head. */
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

/** Seeds are secret, boot scripts are soon outdated, and files that are missing may appear. */
export const neverStored = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'] as const

/** A short plain text for errors; it reveals nothing about machines. */
export function sendText(exchange: Exchange, status: number, text: string, extra: string[] = []): void {
  const body = Buffer.from(`${text}\n`)
  const head = ['Content-Type', plainText, 'Content-Length', String(body.length), ...neverStored, ...extra]
  sendBody(exchange, status, head, body)
}

const chunkLength = 128 * 1024
const mostSpareChunks = 32
const spareChunks: Buffer[] = []

/** Settles when the system has accepted the chunk, or the connection is gone. */
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
 * Sends part of an open file as the body, after the head. It reads a chunk only when the previous one was accepted, so a stalled client
 * occupies only one chunk. If the file has become shorter, it breaks the connection, so that the client does not take the part for the
 * whole.
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
  // Only now is it certain that the chunk is no longer in use.
  if (spareChunks.length < mostSpareChunks) spareChunks.push(chunk)
  response.end()
}
