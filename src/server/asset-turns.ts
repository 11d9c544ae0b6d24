import type { Socket } from 'node:net'
import type { Limits } from './limits.ts'

export type AssetTurns = {
  /** Runs a download once the earlier ones on its connection have ended; `free` is false if too many run already. */
  take(socket: Socket, download: (free: boolean) => Promise<void>): Promise<void>
}

/**
 * Limits how many assets are open: one for each connection, some for each client, and `openAssets` in total. node:http hands over
 * pipelined requests at once, although it sends their answers one after the other; without this, each would hold a file and a chunk of
 * memory while it waits.
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
      // The address is undefined if the client is already gone.
      const client = socket.remoteAddress ?? ''
      const before = last.get(socket)
      const turn = before === undefined ? run(client, download) : before.then(() => run(client, download))
      // The caller of `turn` handles the failure; the next download runs in any case.
      last.set(
        socket,
        turn.catch(() => {}),
      )
      return turn
    },
  }
}
