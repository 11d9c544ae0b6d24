import type { StateEvent } from './events.ts'

/**
 * Where events are kept. The journal on the local disk is one; a store that several servers share can be another. Whoever holds a
 * store is the only one that writes to it.
 */
export type Store = {
  /** All that was kept before, oldest first. */
  readonly events: readonly StateEvent[]
  /** What the operator should know of the opening, as whole sentences. */
  readonly notes: readonly string[]
  /**
   * Keeps an event. Settles when no crash can lose it any more.
   *
   * @throws StoreError when it could not be kept; then it was not, as far as anybody will ever read
   */
  append(event: StateEvent): Promise<void>
  /** Keeps what is in the queue, then gives the store back. */
  close(): Promise<void>
}

/** An event could not be kept: a full disk, for instance. */
export class StoreError extends Error {
  override name = 'StoreError'
}
