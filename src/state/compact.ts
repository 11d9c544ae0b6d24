import { isMachineEvent, type StateEvent } from './events.ts'
import { afterDamage, changesState, type MachineRecord, newMachine, reduceMachine } from './machine-state.ts'
import { mostUnknown } from './rack.ts'

/** Requests of a machine since it was last armed that are kept although they changed nothing. */
const keptRequests = 500

/** Commits of the followed repository, and their errors. */
const keptCommits = 200

/**
 * Removes the events of a journal that no longer matter. For each machine, it keeps those that changed its state since it was last armed,
 * and its latest requests. The remaining events give the same rack.
 */
export function compact(events: readonly StateEvent[]): StateEvent[] {
  const keep = new Set<number>()
  const begin = new Map<string, number>()
  const lastUnknown = new Map<string, number>()
  const lastDescribed = new Map<string, number>()
  const lastCertified = new Map<string, number>()
  const followed: number[] = []
  for (const [index, event] of events.entries()) {
    if (event.type === 'armed') begin.set(event.mac, index)
    // A machine that was added to the profile is no longer unknown; if it asks again later, it is again.
    if (event.type === 'unknown') {
      lastUnknown.delete(event.mac)
      lastUnknown.set(event.mac, index)
    }
    if (isMachineEvent(event)) lastUnknown.delete(event.mac)
    if (event.type === 'described') lastDescribed.set(event.mac, index)
    if (event.type === 'removed') lastDescribed.delete(event.mac)
    if (event.type === 'certified') lastCertified.set(`${event.mac} ${event.certificate}`, index)
    if (event.type === 'damaged') keep.add(index)
    if (event.type === 'followed') followed.push(index)
  }
  for (const index of [...lastUnknown.values()].slice(-mostUnknown)) keep.add(index)
  // Arming forgets nothing of it.
  for (const index of lastDescribed.values()) keep.add(index)
  for (const index of followed.slice(-keptCommits)) keep.add(index)
  const records = new Map<string, MachineRecord>()
  const requests = new Map<string, number[]>()
  for (const [index, event] of events.entries()) {
    if (event.type === 'damaged')
      for (const [mac, record] of records) records.set(mac, afterDamage(record, event.time))
    if (!isMachineEvent(event) || event.type === 'described' || index < (begin.get(event.mac) ?? 0)) continue
    const before = records.get(event.mac) ?? newMachine(event.mac, event.name)
    records.set(event.mac, reduceMachine(before, event))
    // Keys that it has replaced since are as old requests.
    const isReplaced =
      event.type === 'certified' && lastCertified.get(`${event.mac} ${event.certificate}`) !== index
    const isRequest = event.type === 'fetched' || event.type === 'looked'
    if (!isReplaced && (!isRequest || changesState(before, event))) keep.add(index)
    else requests.set(event.mac, [...(requests.get(event.mac) ?? []).slice(1 - keptRequests), index])
  }
  for (const indexes of requests.values()) for (const index of indexes) keep.add(index)
  return events.filter((_, index) => keep.has(index))
}
