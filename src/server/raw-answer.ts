import { STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { clientOf } from './client.ts'
import type { LogEntry } from './log.ts'

/** How long a client may take to close its connection after the last answer. */
const patience = 1000

/**
 * Answers bytes that are not a request, for which node:http has no response object and would send no Content-Length. Ends the connection.
 *
 * @param isBusy whether another response is in progress on the connection
 */
export function answerRaw(
  socket: Duplex,
  isBusy: (socket: Socket) => boolean,
  log: (entry: Omit<LogEntry, 'time'>) => void,
  { status, method = '-', extra = '' }: { status: number; method?: string; extra?: string },
): void {
  // Nothing can be sent in the middle of another response.
  if (!(socket instanceof Socket) || !socket.writable || isBusy(socket)) {
    socket.destroy()
    return
  }
  const text = `${STATUS_CODES[status]?.toLowerCase()}\n`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${text.length}\r\nConnection: close\r\n${extra}\r\n${text}`,
  )
  // Not the socket's own timeout, which each received byte would restart.
  const timer = setTimeout(() => socket.destroy(), patience).unref()
  socket.once('close', () => clearTimeout(timer))
  const entry = { client: clientOf(socket), machine: null, method, path: '-', status, milliseconds: 0 }
  log({ ...entry, bytes: text.length, aborted: false })
}

export const rawStatus = (code: string | undefined): number => {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
}
