import type { Socket } from 'node:net'
import type { Limits } from './limits.ts'

/** What runs on a connection learns here that the connection is gone. */
export type Connections = {
  /** Notes a connection whose TLS handshake begins; false when its client has too many of them. The handshake has a deadline of its own. */
  enter(socket: Socket): boolean
  /** Notes a new connection; false when its client has too many. */
  add(socket: Socket): boolean
  /** A request begins; `gone` is called if the connection breaks before `end`. */
  begin(socket: Socket, gone: () => void): void
  /** The client took some of a response. */
  progress(socket: Socket): void
  end(socket: Socket, gone: () => void): void
  isBusy(socket: Socket): boolean
  /** How many are open. */
  count(): number
  /** Ends the connections on which nothing runs. */
  destroyIdle(): void
  destroyAll(): void
  /** Settles when the last one is gone and all that ran on it has been told. */
  drained(): Promise<void>
}

/**
 * `stalled`: the client takes no more of a response. `slow`: it did not complete the head of a request, though it sent
 * something or never asked for anything. `idle`: it asked before, and is silent since.
 */
export type Lateness = 'stalled' | 'slow' | 'idle'

type Connection = {
  requests: Set<() => void>
  /** Runs out while a request is awaited, or while a response makes no progress. */
  deadline: NodeJS.Timeout
  /** Bytes that had come when the last response ended; null before the first request. */
  readBefore: number | null
}

/**
 * Keeps an eye on every connection. `node:http` itself does not say when a connection breaks on which a pipelined request
 * waits for its turn; its deadline for a head begins with the first byte of the head, and a blank line is not a head; and the timeout of
 * a socket starts again when the system took part of what was written.
 *
 * @param late is told of a connection whose deadline is over, and has to end it
 */
export function trackConnections(
  limits: Pick<Limits, 'connectionsPerClient' | 'head' | 'stall'>,
  late: (socket: Socket, lateness: Lateness) => void,
): Connections {
  const running = new Map<Socket, Connection>()
  const perClient = new Map<string, number>()
  const encrypted = new Map<string, number>()
  const waiting: (() => void)[] = []
  const startDeadline = (socket: Socket, milliseconds: number): NodeJS.Timeout =>
    setTimeout(() => {
      const connection = running.get(socket)
      if (!connection) return
      const { requests, readBefore } = connection
      if (requests.size > 0) late(socket, 'stalled')
      else late(socket, readBefore === null || socket.bytesRead > readBefore ? 'slow' : 'idle')
    }, milliseconds).unref()
  const restart = (socket: Socket, connection: Connection, milliseconds: number): void => {
    clearTimeout(connection.deadline)
    connection.deadline = startDeadline(socket, milliseconds)
  }
  /** @returns what gives the place back; null when the client has all of its own */
  const takePlace = (counts: Map<string, number>, socket: Socket): (() => void) | null => {
    // Unknown when it is gone again already.
    const client = socket.remoteAddress ?? ''
    const count = counts.get(client) ?? 0
    if (count >= limits.connectionsPerClient) return null
    counts.set(client, count + 1)
    return () => {
      const left = (counts.get(client) ?? 1) - 1
      if (left === 0) counts.delete(client)
      else counts.set(client, left)
    }
  }
  return {
    enter(socket) {
      const leave = takePlace(encrypted, socket)
      if (leave) socket.once('close', leave)
      return leave !== null
    },
    add(socket) {
      const leave = takePlace(perClient, socket)
      if (!leave) return false
      const requests = new Set<() => void>()
      const connection = { requests, deadline: startDeadline(socket, limits.head), readBefore: null }
      running.set(socket, connection)
      socket.once('close', () => {
        running.delete(socket)
        clearTimeout(connection.deadline)
        leave()
        for (const gone of requests) gone()
        if (running.size === 0) for (const drained of waiting.splice(0)) drained()
      })
      return true
    },
    begin(socket, gone) {
      const connection = running.get(socket)
      if (!connection) return
      // Another request does not show that the response to the first one is taken.
      if (connection.requests.size === 0) restart(socket, connection, limits.stall)
      connection.requests.add(gone)
    },
    progress: (socket) => void running.get(socket)?.deadline.refresh(),
    end(socket, gone) {
      const connection = running.get(socket)
      if (!connection) return
      connection.requests.delete(gone)
      if (connection.requests.size > 0) {
        connection.deadline.refresh()
        return
      }
      connection.readBefore = socket.bytesRead
      restart(socket, connection, limits.head)
    },
    count: () => running.size,
    isBusy: (socket) => (running.get(socket)?.requests.size ?? 0) > 0,
    destroyIdle() {
      for (const [socket, { requests }] of running) if (requests.size === 0) socket.destroy()
    },
    destroyAll() {
      for (const socket of running.keys()) socket.destroy()
    },
    async drained() {
      if (running.size > 0) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}
