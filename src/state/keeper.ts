import { isMachineEvent, type MachineEvent, type StateEvent } from './events.ts'
import { changesState, type MachineRecord, newMachine } from './machine-state.ts'
import { apply, type Rack, rackOf } from './rack.ts'
import { type Store, StoreError } from './store.ts'

/** A machine of the served site. */
export type KnownMachine = { mac: string; name: string }

/** The state of all machines; it can only be changed through this. */
export type Keeper = {
  readonly rack: Rack
  now(): string
  machine(known: KnownMachine): MachineRecord
  /**
   * Writes an event to the disk, and then applies it.
   *
   * @throws StoreError when it could not be written: then nothing has changed
   */
  record(event: StateEvent): Promise<void>
  /** Records an event that changes no state, such as an answered request, without waiting. Failures are reported elsewhere. */
  note(event: StateEvent): void
  /** The latest events of a machine since it was last armed. */
  history(mac: string): readonly StateEvent[]
  /** The latest events of all machines, oldest first. */
  recent(): readonly StateEvent[]
  /** Calls the listener after each event, until the returned function is called. */
  watch(listener: () => void): () => void
  /** Whether the last event could be written. */
  isKeeping(): boolean
  /** Disarms machines that are no longer in the site, permanently. */
  machinesAre(machines: readonly KnownMachine[]): Promise<void>
  close(): Promise<void>
}

const mostHistory = 200
const mostRecent = 1000

/** Repetitions of a request within this time are counted without a separate line, because clients retry often. */
const quiet = 10_000
const mostCounted = 10_000

/** @param lost receives the reason why events cannot be written, once until writing works again */
export function keepState(
  store: Store,
  { now = () => new Date(), lost = () => {} }: { now?: () => Date; lost?: (why: string) => void } = {},
): Keeper {
  const rack = rackOf(store.events)
  const histories = new Map<string, StateEvent[]>()
  const recent: StateEvent[] = store.events.slice(-mostRecent)
  const listeners = new Set<() => void>()
  const counted = new Map<string, { time: number; repeats: number }>()
  let isLosing = false
  const remember = (event: StateEvent): void => {
    if (!isMachineEvent(event)) return
    const history = event.type === 'armed' ? [] : (histories.get(event.mac) ?? [])
    history.push(event)
    if (history.length > mostHistory) history.shift()
    histories.set(event.mac, history)
  }
  for (const event of store.events) remember(event)
  const append = async (event: StateEvent): Promise<void> => {
    try {
      await store.append(event)
      isLosing = false
    } catch (fault) {
      if (fault instanceof StoreError && !isLosing) lost(fault.message)
      isLosing = true
      throw fault
    }
  }
  const machine = ({ mac, name }: KnownMachine): MachineRecord => {
    const record = rack.machines.get(mac)
    if (!record) return newMachine(mac, name)
    // Its events keep the name of their time.
    return record.name === name ? record : { ...record, name }
  }
  /** Null if the same event was recorded a moment ago. */
  const unlessRepeated = (event: StateEvent): StateEvent | null => {
    const key =
      event.type === 'fetched'
        ? `${event.mac} ${event.path} ${event.from} ${event.status} ${event.what}`
        : event.type === 'unknown' || event.type === 'described'
          ? `${event.type} ${event.mac} ${event.from}`
          : null
    if (key === null) return event
    const before = counted.get(key)
    const time = Date.parse(event.time)
    if (before && time - before.time < quiet && time >= before.time) {
      before.repeats++
      return null
    }
    if (counted.size >= mostCounted) counted.clear()
    counted.set(key, { time, repeats: 0 })
    return before && before.repeats > 0 && event.type === 'fetched'
      ? { ...event, repeats: before.repeats }
      : event
  }
  const take = (event: StateEvent): void => {
    apply(rack, event)
    remember(event)
    recent.push(event)
    if (recent.length >= 2 * mostRecent) recent.splice(0, recent.length - mostRecent)
    for (const listener of listeners) listener()
  }
  const record = async (event: StateEvent): Promise<void> => {
    await append(event)
    take(event)
  }
  return {
    rack,
    now: () => now().toISOString(),
    machine,
    record,
    note(event) {
      const noted = unlessRepeated(event)
      if (!noted) return
      // The time of the last contact need not wait for the disk.
      take(noted)
      append(noted).catch((fault: unknown) => {
        if (!(fault instanceof StoreError)) throw fault
      })
    },
    recent: () => recent.slice(-mostRecent),
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    isKeeping: () => !isLosing,
    history: (mac) => histories.get(mac) ?? [],
    async machinesAre(machines) {
      const known = new Set(machines.map(({ mac }) => mac))
      const gone = [...rack.machines.values()].filter(({ mac, stage }) => stage !== 'idle' && !known.has(mac))
      const time = now().toISOString()
      await Promise.all(gone.map(({ mac, name }) => record({ type: 'removed', time, mac, name })))
    },
    close: () => store.close(),
  }
}

/** Whether an event must be on the disk before anything depends on it. */
export const mustBeKept = (keeper: Keeper, event: MachineEvent): boolean =>
  changesState(keeper.machine(event), event)
