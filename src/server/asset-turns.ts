import type { Socket } from 'node:net'

export type AssetTurns = {
  /** Runs a download when those before it on the same connection have ended; `free` is false when too many run on all connections. */
  take(socket: Socket, download: (free: boolean) => Promise<void>): Promise<void>
}

/**
 * Lets each connection have one asset open at a time, and all connections together `most`. node:http hands over pipelined requests at once,
 * though their answers go out one after the other: without turns each would hold a file and a chunk of memory while it waits.
 */
export function assetTurns(most: number): AssetTurns {
  const last = new WeakMap<Socket, Promise<void>>()
  let running = 0
  const run = async (download: (free: boolean) => Promise<void>): Promise<void> => {
    if (running >= most) {
      await download(false)
      return
    }
    running++
    try {
      await download(true)
    } finally {
      running--
    }
  }
  return {
    take(socket, download) {
      const before = last.get(socket)
      const turn = before === undefined ? run(download) : before.then(() => run(download))
      // What fails is told by whoever waits for `turn`; the next one has its turn all the same.
      last.set(
        socket,
        turn.catch(() => {}),
      )
      return turn
    },
  }
}
