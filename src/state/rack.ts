import { isMachineEvent, type MachineFacts, type StateEvent } from './events.ts'
import { afterDamage, type MachineRecord, newMachine, reduceMachine } from './machine-state.ts'

/** A machine that asked for a boot script and is not in the profile. */
export type UnknownMachine = { mac: string; time: string; from: string; facts: MachineFacts }

/** The state that results from all events, by MAC address. Only {@link apply} changes it. */
export type Rack = {
  machines: Map<string, MachineRecord>
  /** In the order of their last requests. */
  unknown: Map<string, UnknownMachine>
}

/** Bounds the memory that invented MAC addresses can use. */
export const mostUnknown = 500

export const emptyRack = (): Rack => ({ machines: new Map(), unknown: new Map() })

/** Applies an event to the rack. The same events in the same order give the same rack. */
export function apply(rack: Rack, event: StateEvent): void {
  if (isMachineEvent(event)) {
    const before = rack.machines.get(event.mac) ?? newMachine(event.mac, event.name)
    rack.machines.set(event.mac, reduceMachine(before, event))
    rack.unknown.delete(event.mac)
  } else if (event.type === 'unknown') {
    const { mac, time, from, facts } = event
    rack.unknown.delete(mac)
    rack.unknown.set(mac, { mac, time, from, facts })
    const [oldest] = rack.unknown.keys()
    if (rack.unknown.size > mostUnknown && oldest !== undefined) rack.unknown.delete(oldest)
  } else if (event.type === 'damaged') {
    for (const [mac, record] of rack.machines) rack.machines.set(mac, afterDamage(record, event.time))
  }
}

/**
 * The rack that results from a list of events.
 *
 * @param events in the order of the journal
 */
export function rackOf(events: Iterable<StateEvent>): Rack {
  const rack = emptyRack()
  for (const event of events) apply(rack, event)
  return rack
}
