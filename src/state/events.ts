import { z } from 'zod'
import { canonicalMac } from '../network/mac.ts'

/*
 * What the journal holds: one event a line. An event says what happened, never what follows from it; that is the business of
 * machine-state.ts. So a rule can change, and the journals that exist mean the right thing under the new one.
 */

const time = z.iso.datetime()
const mac = z.string().refine((text) => canonicalMac(text) === text, 'not a canonical MAC address')
const word = z.string().max(256)
const text = z.string().max(8192)
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * What a request for a file of a machine got, as far as that says how far the machine is. `disk`: in place of its boot script one that
 * starts its disk. `certificate`: the one that says whose key it is; `secrets`: its files that hold keys, tokens or passwords. `script`:
 * answers of an installer that leaves no disk half written that starts, so that it may begin again; `done`: what it fetches when the disk is
 * complete.
 */
export const fetchedKinds = [
  'boot-script',
  'disk',
  'answers',
  'script',
  'done',
  'certificate',
  'secrets',
  'other',
] as const
export type FetchedKind = (typeof fetchedKinds)[number]

/**
 * What the installed system says about itself. `failed`: a step or check does not succeed; the machine goes on trying. `installing`: what the
 * installer says, where it can; it says `failed`, too.
 */
export const reportedStates = ['installing', 'installed', 'configuring', 'ready', 'failed'] as const
export type ReportedState = (typeof reportedStates)[number]

/** Network interfaces of a machine that is in no profile. */
export const mostMacs = 16

/** What iPXE knows of a machine that is in no profile. */
export const MachineFacts = z.strictObject({
  uuid: word.exactOptional(),
  serial: word.exactOptional(),
  manufacturer: word.exactOptional(),
  product: word.exactOptional(),
  firmware: word.exactOptional(),
  architecture: word.exactOptional(),
  macs: z.array(mac).max(mostMacs).exactOptional(),
})
export type MachineFacts = z.infer<typeof MachineFacts>

/** A machine is known by its first MAC address: a name may move to another machine, and that one is new. */
const ofMachine = { time, mac, name: word }

export const StateEvent = z.discriminatedUnion('type', [
  /** The operator wants the machine installed. `until` ends the permission to begin. */
  z.strictObject({ type: z.literal('armed'), ...ofMachine, until: time.nullable(), by: word }),
  z.strictObject({ type: z.literal('disarmed'), ...ofMachine, by: word }),
  /** The machine is no longer in the profile. */
  z.strictObject({ type: z.literal('removed'), ...ofMachine }),
  /** Someone asked for a file of the machine. `repeats`: how often the same request came before without a line of its own. */
  z.strictObject({
    type: z.literal('fetched'),
    ...ofMachine,
    what: z.enum(fetchedKinds),
    path: text,
    from: word,
    status: z.number().int(),
    /** The commit that its boot script or its answers are of. */
    commit: word.exactOptional(),
    repeats: z.number().int().positive().exactOptional(),
  }),
  z.strictObject({
    type: z.literal('reported'),
    ...ofMachine,
    from: word,
    state: z.enum(reportedStates),
    step: word.exactOptional(),
    text: text.exactOptional(),
  }),
  /** The first key that was shown for the machine since it was armed is its key from now on. `key`: SHA-256 of its public half. */
  z.strictObject({
    type: z.literal('enrolled'),
    ...ofMachine,
    from: word,
    key: fingerprint,
    /** The address that the profile gives the machine, where the request came from another one. */
    expected: word.exactOptional(),
  }),
  /** Another key was shown for a machine that has one: nobody knows any more which of the two is the machine. */
  z.strictObject({ type: z.literal('conflict'), ...ofMachine, from: word, key: fingerprint }),
  /**
   * The server was restarted and no longer has the version that the machine began with: it goes on with another one. `commit`: of that; null
   * where it is of none.
   */
  z.strictObject({ type: z.literal('continued'), ...ofMachine, commit: word.nullable(), reason: text }),
  /** A machine that is in no profile asked for its boot script. */
  z.strictObject({ type: z.literal('unknown'), time, mac, from: word, facts: MachineFacts }),
  /** Another commit of the repository that is followed is served; or, with a fault, is not. */
  z.strictObject({
    type: z.literal('followed'),
    time,
    commit: word.nullable(),
    fault: text.exactOptional(),
  }),
  /** Lines of the journal could not be read here: what was decided in them is not known. */
  z.strictObject({ type: z.literal('damaged'), time, lines: z.number().int().positive() }),
])
export type StateEvent = z.infer<typeof StateEvent>

/** An event about one machine of a profile. */
export type MachineEvent = Extract<StateEvent, { name: string }>

export const isMachineEvent = (event: StateEvent): event is MachineEvent => 'name' in event

/** One line of the journal, with its end. JSON escapes line breaks, so an event never has two lines. */
export const formatEvent = (event: StateEvent): string => `${JSON.stringify(event)}\n`

/** The event of a line, or null when {@link formatEvent} did not write the line byte for byte: then something else has. */
export function parseEvent(line: string): StateEvent | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (`${JSON.stringify(value)}\n` !== line) return null
  const parsed = StateEvent.safeParse(value)
  return parsed.success ? parsed.data : null
}
