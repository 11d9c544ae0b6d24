import { STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { clientOf } from './client.ts'
import type { LogEntry } from './log.ts'

/** Whoever does not close after the last answer is not waited for. */
const patience = 1000

/**
 * A response to what is not a request: node:http has none for it, and would send no Content-Length. Ends the connection.
 *
 * @param isBusy whether another response is under way on it
 */
export function answerRaw(
  socket: Duplex,
  isBusy: (socket: Socket) => boolean,
  log: (entry: Omit<LogEntry, 'time'>) => void,
  { status, method = '-', extra = '' }: { status: number; method?: string; extra?: string },
): void {
  // In the middle of another response there is nothing left to say.
  if (!(socket instanceof Socket) || !socket.writable || isBusy(socket)) {
    socket.destroy()
    return
  }
  const text = `${STATUS_CODES[status]?.toLowerCase()}\n`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${text.length}\r\nConnection: close\r\n${extra}\r\n${text}`,
  )
  // Not the socket's own timeout: each byte that comes would put it off.
  const timer = setTimeout(() => socket.destroy(), patience).unref()
  socket.once('close', () => clearTimeout(timer))
  const entry = { client: clientOf(socket), machine: null, method, path: '-', status, milliseconds: 0 }
  log({ ...entry, bytes: text.length, aborted: false })
}

export const rawStatus = (code: string | undefined): number => {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
}
