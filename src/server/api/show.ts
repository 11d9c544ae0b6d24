import type { z } from 'zod'
import type { KnownMachine } from '../../state/keeper.ts'
import { progressOf } from '../../state/progress.ts'
import { viewOf } from '../../state/view.ts'
import { sendText } from '../exchange.ts'
import { machineFinder, machinesOf, type Operated } from '../operated.ts'
import type { ServedSite } from '../served-site.ts'
import { alarmsOf } from './alarms.ts'
import { type Call, type Operation, sendJson } from './operation.ts'
import {
  Alarms,
  Events,
  type Machine,
  MachineDetails,
  Machines,
  type Step,
  UnknownMachines,
} from './schemas.ts'

/** A machine as the API and the page show it. */
export function describeMachine(
  site: ServedSite,
  { keeper }: Operated,
  known: KnownMachine,
  now: string,
): Machine {
  const { mac, name, ...view } = viewOf(
    keeper.machine(known),
    now,
    (site.deadlines.get(known.mac) ?? site.deadline) * 60_000,
  )
  const { role = null, address = null } = site.described.machines.get(mac) ?? {}
  return { mac, name, role, address, ...view }
}

/** The steps of a machine's first boot, as far as the server knows them. */
export function stepsOf(site: ServedSite, { keeper }: Operated, known: KnownMachine): z.infer<typeof Step>[] {
  const record = keeper.machine(known)
  return progressOf(record, keeper.history(known.mac), site.described.steps(known.mac))
}

const found = (call: Call): KnownMachine | null => {
  const machine = machineFinder(call.site)(call.parameter)
  if (!machine) sendText(call.exchange, 404, 'no machine has this name or MAC address')
  return machine
}

const none = { 404: { words: 'No machine has this name or MAC address.', schema: null } }

export const listMachines: Operation = {
  name: 'listMachines',
  summary:
    'The state of each machine, the machines that asked for a boot script and are not in the profile, and the repository that the server follows.',
  body: null,
  answers: { 200: { words: 'All machines.', schema: Machines } },
  run({ exchange, site, operated }) {
    const { keeper } = operated
    const now = keeper.now()
    return sendJson(exchange, 200, {
      time: now,
      machines: machinesOf(site).map((machine) => describeMachine(site, operated, machine, now)),
      unknown: [...keeper.rack.unknown.values()],
      followed: operated.followed?.() ?? null,
    } satisfies z.infer<typeof Machines>)
  },
}

export const showMachine: Operation = {
  name: 'showMachine',
  summary:
    'One machine: state, steps of its first boot, alarms, and everything that happened since it was armed.',
  body: null,
  answers: { 200: { words: 'The machine.', schema: MachineDetails }, ...none },
  run(call) {
    const machine = found(call)
    if (!machine) return null
    const { exchange, site, operated } = call
    const now = operated.keeper.now()
    return sendJson(exchange, 200, {
      time: now,
      machine: describeMachine(site, operated, machine, now),
      steps: stepsOf(site, operated, machine),
      alarms: alarmsOf(operated.keeper, [machine]),
      events: [...operated.keeper.history(machine.mac)],
    } satisfies z.infer<typeof MachineDetails>)
  },
}

export const listMachineEvents: Operation = {
  name: 'listMachineEvents',
  summary: 'What happened to a machine since it was last armed.',
  body: null,
  answers: { 200: { words: 'Its events.', schema: Events }, ...none },
  run(call) {
    const machine = found(call)
    if (!machine) return null
    return sendJson(call.exchange, 200, { events: call.operated.keeper.history(machine.mac) })
  },
}

export const listEvents: Operation = {
  name: 'listEvents',
  summary: 'The latest events of all machines, from the start of the server or before.',
  body: null,
  query: { limit: 'How many, at most; 1,000 are kept.' },
  answers: { 200: { words: 'The latest events.', schema: Events } },
  run({ exchange, operated }) {
    const query = new URLSearchParams(/\?([^#]*)/.exec(exchange.request.url ?? '')?.[1] ?? '')
    const text = query.get('limit') ?? ''
    const events = operated.keeper.recent()
    return sendJson(exchange, 200, {
      events: /^[1-9]\d{0,5}$/.test(text) ? events.slice(-Number(text)) : events,
    })
  },
}

export const listAlarms: Operation = {
  name: 'listAlarms',
  summary:
    'Alarms that need an operator: machines for which two keys were shown, or that enrolled from another address.',
  body: null,
  answers: { 200: { words: 'All alarms. Arming a machine again clears its alarms.', schema: Alarms } },
  run({ exchange, site, operated: { keeper } }) {
    return sendJson(exchange, 200, {
      time: keeper.now(),
      alarms: alarmsOf(keeper, machinesOf(site)),
    } satisfies z.infer<typeof Alarms>)
  },
}

export const listUnknown: Operation = {
  name: 'listUnknown',
  summary: 'Machines that asked for a boot script and are not in the profile, the latest 500.',
  body: null,
  answers: {
    200: { words: 'Unknown machines, with what iPXE reported about them.', schema: UnknownMachines },
  },
  run({ exchange, operated: { keeper } }) {
    return sendJson(exchange, 200, {
      time: keeper.now(),
      unknown: [...keeper.rack.unknown.values()],
    } satisfies z.infer<typeof UnknownMachines>)
  },
}
