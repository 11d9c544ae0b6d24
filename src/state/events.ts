import { z } from 'zod'
import { canonicalMac } from '../network/mac.ts'
import { certificateKinds } from '../secrets/certificate-need.ts'

/*
 * The contents of the journal: one event on each line. An event records what happened, not what follows from it; machine-state.ts derives
 * that. So rules can change, and existing journals mean the right thing under the new ones.
 */

const time = z.iso.datetime()
const mac = z.string().refine((text) => canonicalMac(text) === text, 'not a canonical MAC address')
const word = z.string().max(256)
const text = z.string().max(8192)
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * Requests for a machine's files that show how far it is. `disk`: it got a boot script that starts its disk instead of its own.
 * `menu`: its other choices, the same in all states.
 * `certificate`: the certificate for its key; `secrets`: its files that contain keys, tokens or passwords. `script`: answers of an
 * installer that never leaves a bootable disk half written, so that it may start again; `done`: what that installer fetches when the disk
 * is complete.
 */
export const fetchedKinds = [
  'boot-script',
  'disk',
  'menu',
  'answers',
  'script',
  'done',
  'certificate',
  'secrets',
  'other',
] as const
export type FetchedKind = (typeof fetchedKinds)[number]

/**
 * What a machine reports. `failed`: a step or check fails; the machine keeps trying. `installing`: progress of the installer, if it can
 * report; it may report `failed`, too.
 */
export const reportedStates = ['installing', 'installed', 'configuring', 'ready', 'failed'] as const
export type ReportedState = (typeof reportedStates)[number]

/**
 * What an installer was told that had looked at the disks which it would erase. `keep`: something lives there, and the machine was armed without
 * `--wipe`; `restart`: it is no longer being installed.
 */
export const lookAnswers = ['erase', 'keep', 'restart'] as const
export type LookAnswer = (typeof lookAnswers)[number]

/** Characters of what an installer found on disks. */
export const mostFound = 500

/** Network interfaces of a machine that is not in the profile. */
export const mostMacs = 16

/** What iPXE knows of a machine. `memory`: in MiB. */
export const MachineFacts = z.strictObject({
  uuid: word.exactOptional(),
  serial: word.exactOptional(),
  manufacturer: word.exactOptional(),
  product: word.exactOptional(),
  firmware: word.exactOptional(),
  architecture: word.exactOptional(),
  memory: z.int().positive().exactOptional(),
  processor: word.exactOptional(),
  macs: z.array(mac).max(mostMacs).exactOptional(),
})
export type MachineFacts = z.infer<typeof MachineFacts>

/** Machines are identified by their first MAC address: if a name moves to another machine, that one is new. */
const ofMachine = { time, mac, name: word }

export const StateEvent = z.discriminatedUnion('type', [
  /** The operator wants the machine installed. It may begin until `until`. `wipe`: even if a living system is on its disks. */
  z.strictObject({
    type: z.literal('armed'),
    ...ofMachine,
    until: time.nullable(),
    by: word,
    wipe: z.literal(true).exactOptional(),
  }),
  z.strictObject({ type: z.literal('disarmed'), ...ofMachine, by: word }),
  /** The machine is no longer in the profile. */
  z.strictObject({ type: z.literal('removed'), ...ofMachine }),
  /** A client requested a file of the machine. `repeats`: how many equal requests before it have no line of their own. */
  z.strictObject({
    type: z.literal('fetched'),
    ...ofMachine,
    what: z.enum(fetchedKinds),
    path: text,
    from: word,
    status: z.number().int(),
    /** The commit of its boot script or answers. */
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
  /** The installer looked at the disks that it would erase. `found`: what lives there, in words; empty: nothing. */
  z.strictObject({
    type: z.literal('looked'),
    ...ofMachine,
    from: word,
    found: z.string().max(mostFound),
    answer: z.enum(lookAnswers),
  }),
  /**
   * The first key with which the machine authenticated since it was armed, which is its key from now on. `key`: SHA-256 of the public
   * key.
   */
  z.strictObject({
    type: z.literal('enrolled'),
    ...ofMachine,
    from: word,
    key: fingerprint,
    /** The machine's address in the profile, if the request came from another one. */
    expected: word.exactOptional(),
  }),
  /** A client authenticated with another key for a machine that has one: which of the two is the machine is unknown. */
  z.strictObject({ type: z.literal('conflict'), ...ofMachine, from: word, key: fingerprint }),
  /** The server signed a certificate for a key that the machine made itself: the first of this kind, or another key than before. */
  z.strictObject({
    type: z.literal('certified'),
    ...ofMachine,
    from: word,
    certificate: z.enum(certificateKinds),
    key: fingerprint,
  }),
  /**
   * After a restart, the server no longer has the version that the machine began with, so the machine continues with another one.
   * `commit`: the commit of that version, if it has one.
   */
  z.strictObject({ type: z.literal('continued'), ...ofMachine, commit: word.nullable(), reason: text }),
  /** Someone at the machine chose to send what iPXE knows about it. Not authenticated. */
  z.strictObject({ type: z.literal('described'), ...ofMachine, from: word, facts: MachineFacts }),
  /** A machine that is not in the profile asked for its boot script. */
  z.strictObject({ type: z.literal('unknown'), time, mac, from: word, facts: MachineFacts }),
  /** The server serves another commit of the followed repository or, with a fault, rejected it. */
  z.strictObject({
    type: z.literal('followed'),
    time,
    commit: word.nullable(),
    fault: text.exactOptional(),
  }),
  /** Lines of the journal could not be read, so the decisions in them are unknown. */
  z.strictObject({ type: z.literal('damaged'), time, lines: z.number().int().positive() }),
])
export type StateEvent = z.infer<typeof StateEvent>

/** An event about a machine of the profile. */
export type MachineEvent = Extract<StateEvent, { name: string }>

export const isMachineEvent = (event: StateEvent): event is MachineEvent => 'name' in event

/** A line of the journal with its line break. JSON escapes line breaks, so an event never has two lines. */
export const formatEvent = (event: StateEvent): string => `${JSON.stringify(event)}\n`

/** The event of a line, or null if the line is not exactly what {@link formatEvent} writes: then something else wrote it. */
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
