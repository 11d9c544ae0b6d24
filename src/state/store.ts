import type { StateEvent } from './events.ts'

/**
 * Where events are stored. The journal on the local disk is one store; another could be shared by several servers. Only the holder of a
 * store writes to it.
 */
export type Store = {
  /** All stored events, oldest first. */
  readonly events: readonly StateEvent[]
  /** What the operator should know about the opening, as sentences. */
  readonly notes: readonly string[]
  /**
   * Stores an event. Settles when a crash can no longer lose it.
   *
   * @throws StoreError when it could not be stored; then it will never be read
   */
  append(event: StateEvent): Promise<void>
  /** Stores the events in the queue, then releases the store. */
  close(): Promise<void>
}

/** An event could not be stored, for instance because the disk is full. */
export class StoreError extends Error {
  override name = 'StoreError'
}
