import type { Keeper } from '../../state/keeper.ts'

/* When a request that anyone may send is decided: after earlier ones of the same machine, and not too often. */

/** Requests of a machine are serialized, so that of two keys that arrive at the same time, one is the first. */
const turns = new WeakMap<Keeper, Map<string, Promise<void>>>()

export async function inTurn(keeper: Keeper, mac: string, work: () => Promise<void>): Promise<void> {
  const ofKeeper = turns.get(keeper) ?? new Map<string, Promise<void>>()
  turns.set(keeper, ofKeeper)
  const mine = (ofKeeper.get(mac) ?? Promise.resolve()).then(work)
  const settled = mine.catch(() => {})
  ofKeeper.set(mac, settled)
  try {
    await mine
  } finally {
    if (ofKeeper.get(mac) === settled) ofKeeper.delete(mac)
  }
}

/** Requests of one kind that one address may send for one machine in a minute. */
const mostPerMinute = 30
const mostCounted = 10_000
type Window = { begin: number; count: number }
const windows = new WeakMap<Keeper, Map<string, Window>>()

/**
 * Counts a request, and returns whether the address has sent too many for this machine recently.
 *
 * @param subject the MAC address for certificate requests, e.g. `look MAC` for others, which are counted by themselves
 */
export function isTooOften(keeper: Keeper, subject: string, client: string): boolean {
  const ofKeeper = windows.get(keeper) ?? new Map<string, Window>()
  windows.set(keeper, ofKeeper)
  const now = performance.now()
  const name = `${subject} ${client}`
  const known = ofKeeper.get(name)
  if (known && now - known.begin <= 60_000) {
    known.count++
    return known.count > mostPerMinute
  }
  if (ofKeeper.size >= mostCounted) ofKeeper.clear()
  ofKeeper.set(name, { begin: now, count: 1 })
  return false
}
