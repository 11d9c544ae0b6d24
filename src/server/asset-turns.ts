import type { Socket } from 'node:net'
import type { Limits } from './limits.ts'

export type AssetTurns = {
  /** Runs a download when those before it on the same connection have ended; `free` is false when too many run. */
  take(socket: Socket, download: (free: boolean) => Promise<void>): Promise<void>
}

/**
 * Lets each connection have one asset open at a time, each client some, and all together `openAssets`. node:http hands over pipelined requests at
 * once, though their answers go out one after the other: without turns each would hold a file and a chunk of memory while it waits.
 */
export function assetTurns({
  openAssets,
  openAssetsPerClient,
}: Pick<Limits, 'openAssets' | 'openAssetsPerClient'>): AssetTurns {
  const last = new WeakMap<Socket, Promise<void>>()
  const perClient = new Map<string, number>()
  let running = 0
  const run = async (client: string, download: (free: boolean) => Promise<void>): Promise<void> => {
    const ofClient = perClient.get(client) ?? 0
    if (running >= openAssets || ofClient >= openAssetsPerClient) {
      await download(false)
      return
    }
    running++
    perClient.set(client, ofClient + 1)
    try {
      await download(true)
    } finally {
      running--
      const left = (perClient.get(client) ?? 1) - 1
      if (left === 0) perClient.delete(client)
      else perClient.set(client, left)
    }
  }
  return {
    take(socket, download) {
      // Unknown when it is gone again already.
      const client = socket.remoteAddress ?? ''
      const before = last.get(socket)
      const turn = before === undefined ? run(client, download) : before.then(() => run(client, download))
      // What fails is told by whoever waits for `turn`; the next one has its turn all the same.
      last.set(
        socket,
        turn.catch(() => {}),
      )
      return turn
    },
  }
}
