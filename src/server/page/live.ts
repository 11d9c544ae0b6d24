import type { Exchange } from '../exchange.ts'
import { clientOf } from '../client.ts'

/** Pages that are notified of changes. */
export type Live = {
  /**
   * Keeps a response open and writes to it at each change; false if there are too many.
   *
   * @param machine the MAC address of the machine whose log the page shows; default: none
   */
  add(exchange: Exchange, machine?: string | null): boolean
  /** Announces a change. */
  tell(): void
  /** Announces a change of the log of a machine. */
  tellOf(machine: string): void
  /** Ends all responses. */
  close(): void
}

export type LiveLimits = { listeners: number; listenersPerClient: number; pause: number; heartbeat: number }

export const liveLimits: LiveLimits = {
  listeners: 64,
  // A browser opens six connections to a server.
  listenersPerClient: 6,
  pause: 1000,
  // Well below the deadline after which a stalled connection is closed.
  heartbeat: 15_000,
}

/** A comment line, which shows that both sides are connected (HTML, 9.2.6: server-sent events). */
const beat = ':\n\n'
const change = 'event: change\ndata:\n\n'

/**
 * Notifies pages of changes, at most once per pause. An event contains no data: the page is fetched again, so that it is made and escaped
 * in one place only.
 */
export function keepLive(limits: LiveLimits = liveLimits): Live {
  const open = new Map<Exchange, { client: string; machine: string | null }>()
  let timer: NodeJS.Timeout | null = null
  let beating: NodeJS.Timeout | null = null
  /** Pages that are notified after the pause. */
  const waiting = new Set<Exchange>()
  const write = (text: string, to: Iterable<Exchange>): void => {
    for (const exchange of to) {
      if (exchange.gone) remove(exchange)
      // A stalled client is skipped; its connection has a deadline.
      else if (!exchange.response.writableNeedDrain)
        exchange.response.write(text, (fault) => {
          if (fault) return
          exchange.bytes += text.length
          exchange.progress()
        })
    }
  }
  const remove = (exchange: Exchange): void => {
    open.delete(exchange)
    waiting.delete(exchange)
    if (open.size > 0 || beating === null) return
    clearInterval(beating)
    beating = null
  }
  const startPause = (): void => {
    timer = setTimeout(() => {
      timer = null
      if (waiting.size === 0) return
      const all = [...waiting]
      waiting.clear()
      write(change, all)
      startPause()
    }, limits.pause).unref()
  }
  const notify = (pages: readonly Exchange[]): void => {
    if (pages.length === 0) return
    if (timer !== null) {
      for (const exchange of pages) waiting.add(exchange)
      return
    }
    write(change, pages)
    startPause()
  }
  return {
    add(exchange, machine = null) {
      const client = clientOf(exchange.request.socket)
      const ofClient = [...open.values()].filter((each) => each.client === client).length
      if (open.size >= limits.listeners || ofClient >= limits.listenersPerClient) return false
      open.set(exchange, { client, machine })
      exchange.isEndless = true
      exchange.wake = () => remove(exchange)
      exchange.status = 200
      exchange.response.writeHead(200, ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-store'])
      exchange.response.write('retry: 3000\n\n')
      beating ??= setInterval(() => write(beat, open.keys()), limits.heartbeat).unref()
      return true
    },
    tell: () => notify([...open.keys()]),
    tellOf(machine) {
      // Machines may send thousands of lines a second, and mostly nobody watches.
      if (open.size > 0)
        notify([...open].flatMap(([exchange, page]) => (page.machine === machine ? [exchange] : [])))
    },
    close() {
      for (const exchange of open.keys()) {
        remove(exchange)
        exchange.response.end()
      }
    },
  }
}
