import type { Socket } from 'node:net'

/** What runs on a connection learns here that the connection is gone. */
export type Connections = {
  /** Notes a new connection; false when its client has too many. */
  add(socket: Socket): boolean
  /** A request begins; `gone` is called if the connection breaks before `end`. */
  begin(socket: Socket, gone: () => void): void
  end(socket: Socket, gone: () => void): void
  isBusy(socket: Socket): boolean
  /** Ends the connections on which nothing runs. */
  destroyIdle(): void
  destroyAll(): void
  /** Settles when the last one is gone and all that ran on it has been told. */
  drained(): Promise<void>
}

/**
 * Keeps an eye on every connection. `node:http` itself does not say when a connection breaks on which a pipelined request
 * waits for its turn.
 */
export function trackConnections(mostPerClient: number): Connections {
  const running = new Map<Socket, Set<() => void>>()
  const perClient = new Map<string, number>()
  const waiting: (() => void)[] = []
  return {
    add(socket) {
      // Unknown when it is gone again already.
      const client = socket.remoteAddress ?? ''
      const count = perClient.get(client) ?? 0
      if (count >= mostPerClient) return false
      perClient.set(client, count + 1)
      const requests = new Set<() => void>()
      running.set(socket, requests)
      socket.once('close', () => {
        running.delete(socket)
        const left = (perClient.get(client) ?? 1) - 1
        if (left === 0) perClient.delete(client)
        else perClient.set(client, left)
        for (const gone of requests) gone()
        if (running.size === 0) for (const drained of waiting.splice(0)) drained()
      })
      return true
    },
    begin: (socket, gone) => void running.get(socket)?.add(gone),
    end: (socket, gone) => void running.get(socket)?.delete(gone),
    isBusy: (socket) => (running.get(socket)?.size ?? 0) > 0,
    destroyIdle() {
      for (const [socket, requests] of running) if (requests.size === 0) socket.destroy()
    },
    destroyAll() {
      for (const socket of running.keys()) socket.destroy()
    },
    async drained() {
      if (running.size > 0) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}
