import type { z } from 'zod'
import type { StateEvent } from '../../state/events.ts'
import type { Keeper, KnownMachine } from '../../state/keeper.ts'
import { StoreError } from '../../state/store.ts'
import { readBody } from '../body.ts'
import { sendText } from '../exchange.ts'
import { machineFinder, machinesOf } from '../operated.ts'
import type { ServedSite } from '../served-site.ts'
import { type AnswerOf, type Call, type Operation, sendJson } from './operation.ts'
import { Arm, Changed, Disarm, NoSuchMachine, type Which } from './schemas.ts'

const mostBody = 1024 * 1024

/** The selected machines, or the first word that matches none. */
export function select(site: ServedSite, which: z.infer<typeof Which>): KnownMachine[] | string {
  if (which === 'all') return machinesOf(site)
  const find = machineFinder(site)
  const found: KnownMachine[] = []
  for (const word of which) {
    const machine = find(word)
    if (!machine) return word
    found.push(machine)
  }
  return found
}

/**
 * Arms machines, or disarms them.
 *
 * @param how `seconds`: how long an installation may begin, null without an end; `wipe`: also living systems on their disks; `by`: who
 *   wants it, for the journal
 * @throws StoreError when it could not be kept; then some of them may be changed
 */
export async function changeMachines(
  keeper: Keeper,
  verb: 'arm' | 'disarm',
  machines: readonly KnownMachine[],
  { seconds, wipe, by }: { seconds: number | null; wipe: boolean; by: string },
): Promise<void> {
  const time = keeper.now()
  const until = seconds === null ? null : new Date(Date.parse(time) + seconds * 1000).toISOString()
  const eventOf = ({ mac, name }: KnownMachine): StateEvent =>
    verb === 'arm'
      ? { type: 'armed', time, mac, name, until, by, ...(wipe ? { wipe } : {}) }
      : { type: 'disarmed', time, mac, name, by }
  await Promise.all(machines.map((machine) => keeper.record(eventOf(machine))))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** A word that means no machine, and nothing is changed; a disk that fails may leave some of them changed. */
async function change({ exchange, site, operated: { keeper } }: Call, verb: 'arm' | 'disarm'): Promise<void> {
  const text = await readBody(exchange, mostBody)
  if (exchange.gone) return
  if (text === null) return sendText(exchange, 413, 'the body is too long', ['Connection', 'close'])
  const parsed = (verb === 'arm' ? Arm : Disarm).safeParse(parseJson(text))
  if (!parsed.success)
    return sendText(exchange, 400, 'the body is not valid: see /api/v1/openapi.json and docs/serving.md')
  const machines = select(site, parsed.data.machines)
  if (typeof machines === 'string') {
    const names = machinesOf(site).map(({ name }) => name)
    sendJson(exchange, 404, { unknown: machines, machines: names } satisfies z.infer<typeof NoSuchMachine>)
    return
  }
  const { seconds = null, wipe = false } = Arm.partial().parse(parsed.data)
  try {
    await changeMachines(keeper, verb, machines, { seconds, wipe, by: 'operator' })
  } catch (fault) {
    if (!(fault instanceof StoreError)) throw fault
    return sendText(exchange, 507, `${fault.message}; hakube status shows which machines are armed`)
  }
  const changed: z.infer<typeof Changed> = { machines: machines.map(({ name }) => name) }
  if (!exchange.gone) sendJson(exchange, 200, changed)
}

const answers = (words: string): Operation['answers'] => ({
  200: { words, schema: Changed } satisfies AnswerOf,
  404: { words: 'One of the words does not name a machine.', schema: NoSuchMachine },
  507: { words: 'The server cannot store its state. Some of the machines may be changed.', schema: null },
})

export const arm: Operation = {
  name: 'arm',
  summary: 'Lets machines be installed at their next boot from the network: their disks will be erased.',
  body: Arm,
  answers: answers('They are armed.'),
  run: (call) => change(call, 'arm'),
}

export const disarm: Operation = {
  name: 'disarm',
  summary: 'Revokes the permission to install machines.',
  body: Disarm,
  answers: answers('They are disarmed.'),
  run: (call) => change(call, 'disarm'),
}
