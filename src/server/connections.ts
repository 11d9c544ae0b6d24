import type { Socket } from 'node:net'
import type { Limits } from './limits.ts'

/** The open connections. It notifies requests when their connection breaks. */
export type Connections = {
  /** Registers a connection whose TLS handshake begins; false if its client has too many. The handshake has its own deadline. */
  enter(socket: Socket): boolean
  /** Registers a new connection; false if its client has too many. */
  add(socket: Socket): boolean
  /** Registers a request; `gone` is called if the connection breaks before `end`. */
  begin(socket: Socket, gone: () => void): void
  /** The client has received part of a response. */
  progress(socket: Socket): void
  end(socket: Socket, gone: () => void): void
  isBusy(socket: Socket): boolean
  /** How many are open. */
  count(): number
  /** Closes the connections without a running request. */
  destroyIdle(): void
  destroyAll(): void
  /** Settles when the last connection is closed and its requests have been notified. */
  drained(): Promise<void>
}

/**
 * Why a connection is closed. `stalled`: the client stopped receiving a response. `slow`: it did not complete the head of a request, or
 * never sent one. `idle`: it has sent nothing since its last request.
 */
export type Lateness = 'stalled' | 'slow' | 'idle'

type Connection = {
  requests: Set<() => void>
  /** Expires while a request is awaited, or while a response makes no progress. */
  deadline: NodeJS.Timeout
  /** Bytes received when the last response ended; null before the first request. */
  readBefore: number | null
}

/**
 * Watches every connection, which `node:http` does not do sufficiently: it does not report that a connection breaks while a pipelined
 * request waits on it; its deadline for a head begins with the first byte, and a blank line does not count as one; and a socket's timeout
 * restarts whenever the system accepts part of what was written.
 *
 * @param late is called with a connection whose deadline has passed, and must close it
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
  /** @returns a function that releases the place; null if the client has used all of its places */
  const takePlace = (counts: Map<string, number>, socket: Socket): (() => void) | null => {
    // The address is undefined if the client is already gone.
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
      // A further request does not show that the client is receiving the current response.
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
