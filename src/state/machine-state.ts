import type { FetchedKind, MachineEvent, StateEvent } from './events.ts'

/**
 * How far a machine is. `booting`: it fetched its boot script; `installing`: it fetched its answers or its seed, so its disk may be erased;
 * from `installed` on, its installed system has spoken.
 */
export const stages = ['idle', 'armed', 'booting', 'installing', 'installed', 'configuring', 'ready'] as const
export type Stage = (typeof stages)[number]

/** The last thing that was heard of a machine since it was armed. */
export type Heard = { time: string; words: string }

/** What the machine says keeps it from going on. Lifted by better news. */
export type Failure = { time: string; step: string | null; text: string }

/** Two keys were shown for one machine. Stays until somebody has looked, and arms it again. */
export type Alarm = { time: string; from: string; key: string }

/** What is known of one machine. */
export type MachineRecord = {
  mac: string
  name: string
  stage: Stage
  /** When it came to this stage; null for a machine of which nothing was ever heard. */
  since: string | null
  /** Until when an armed machine may begin; null without an end. */
  until: string | null
  failure: Failure | null
  heard: Heard | null
  /** SHA-256 of the public key that it enrolled with since it was armed: whoever has the other half is the machine. */
  key: string | null
  alarm: Alarm | null
  /** Somebody disarmed it, and nobody has armed it since. */
  disarmed: boolean
  /** The commit that its boot script and its answers are of, since it was armed. */
  commit: string | null
  /** Its installer has begun and not said that the disk is complete. Until then the disk does not start, so it may begin again. */
  repeats: boolean
}

export const newMachine = (mac: string, name: string): MachineRecord => ({
  mac,
  name,
  stage: 'idle',
  since: null,
  until: null,
  failure: null,
  heard: null,
  key: null,
  alarm: null,
  disarmed: false,
  commit: null,
  repeats: false,
})

/** Whether the permission to begin is over: `--for` counts until the answers were fetched. */
const isOver = ({ stage, until }: MachineRecord, time: string): boolean =>
  (stage === 'armed' || stage === 'booting') && until !== null && Date.parse(time) >= Date.parse(until)

/** The stage at a moment: passing time takes an armed machine back to idle and does nothing else. */
export const stageAt = (record: MachineRecord, time: string): Stage =>
  isOver(record, time) ? 'idle' : record.stage

/**
 * Whether a machine may enrol at a stage: from `hakube arm` until its installed system has spoken, which it does with the key that it
 * enrolled with.
 */
export const mayEnrol = (stage: Stage): boolean =>
  stage === 'armed' || stage === 'booting' || stage === 'installing'

/** Whether a machine is between the first file of its installation and its first good end: it keeps the version of the site. */
export const isUnderWay = (stage: Stage): boolean =>
  stage === 'booting' || stage === 'installing' || stage === 'installed' || stage === 'configuring'

/**
 * How long an installer may begin again, in milliseconds. Its disk may be complete while the server is away and hears nothing of it; the
 * reports of a system that runs from it go on for a day (cloud-init/first-boot/report.ejs).
 */
const beginsAgainFor = 24 * 3_600_000

/** Whether an installer that has begun may begin again. */
export const mayBeginAgain = (record: MachineRecord, time: string): boolean =>
  record.repeats &&
  stageAt(record, time) === 'installing' &&
  Date.parse(time) - Date.parse(record.since ?? time) < beginsAgainFor

/** Whether an installation has begun since the machine was armed, whatever came of it. */
export const hasBegun = (stage: Stage): boolean => stages.indexOf(stage) >= stages.indexOf('installing')

/**
 * Whether a key was shown for a machine since it was armed. To arm it again forgets the key and an alarm, so only a person may, who has
 * looked: were a stranger the first, the machine's own key would be the first of the next arming, and no alarm.
 */
export const hasShownKey = ({ key, alarm }: MachineRecord): boolean => key !== null || alarm !== null

const at = (record: MachineRecord, stage: Stage, time: string): MachineRecord =>
  record.stage === stage ? record : { ...record, stage, since: time }

const fetchedWords: Readonly<Record<FetchedKind, string>> = {
  'boot-script': 'its boot script',
  disk: 'the boot script that starts its disk',
  answers: 'its answers',
  script: 'its installation script',
  done: 'leave to start from its disk',
  certificate: 'its certificate',
  secrets: 'its secrets',
  other: 'a file',
}

/**
 * What an event makes of a machine. Pure; the rules that matter:
 *
 * - Only `armed` leads to armed, booting or installing. No other event does, in whatever order, and no time that passes.
 * - A machine that is armed or booting has not begun, so reports of its old system do not count.
 * - A failure is a mark beside the stage: the next good report takes it away.
 * - An installer that may begin again does so until the disk is complete (`done`), or the installed system enrols or speaks, and for a day
 *   at most.
 * - The first key since `armed` is the key. Another one is an alarm, which `armed` alone takes away; so does `removed`.
 */
export function reduceMachine(before: MachineRecord, event: MachineEvent): MachineRecord {
  const { time, name } = event
  const record = { ...before, name }
  const stage = stageAt(record, time)
  switch (event.type) {
    case 'armed':
      return {
        ...newMachine(record.mac, name),
        stage: 'armed',
        since: time,
        until: event.until,
      }
    case 'disarmed':
      // An installed machine has nothing left to be disarmed, and stays what it is.
      return ['armed', 'booting', 'installing'].includes(record.stage)
        ? // The first of two keys is shown beside the second one.
          {
            ...at(record, 'idle', time),
            until: null,
            failure: null,
            key: record.alarm ? record.key : null,
            disarmed: true,
            repeats: false,
          }
        : { ...record, disarmed: true }
    case 'removed':
      return { ...newMachine(record.mac, name), since: at(record, 'idle', time).since }
    case 'fetched': {
      const good = event.status < 400
      const heard = {
        time,
        words: `${good ? 'fetched' : 'was refused'} ${fetchedWords[event.what]} (${event.path})`,
      }
      if (!good || stage === 'idle') return { ...record, heard }
      const { commit = null } = event
      if (event.what === 'boot-script' && stage === 'armed')
        return { ...at(record, 'booting', time), heard, commit }
      if (event.what === 'answers' && (stage === 'armed' || stage === 'booting'))
        return { ...at(record, 'installing', time), heard, commit }
      if (event.what === 'script' && (stage === 'armed' || stage === 'booting'))
        return { ...at(record, 'installing', time), heard, commit, repeats: true }
      if (event.what === 'done' && record.repeats) return { ...record, heard, failure: null, repeats: false }
      // It starts over, or runs from memory and fetches them at each boot.
      return commit === null ? { ...record, heard } : { ...record, heard, commit }
    }
    case 'reported': {
      const { state, step = null, text = '' } = event
      const heard = { time, words: step === null ? `reported ${state}` : `reported ${state}: ${step}` }
      if (stage === 'armed' || stage === 'booting') return { ...record, heard }
      // The installer's word, which opens nothing: the machine stays what it is.
      if (state === 'installing')
        return stage === 'installing' ? { ...record, failure: null, heard } : { ...record, heard }
      if (state === 'failed' && record.repeats) return { ...record, failure: { time, step, text }, heard }
      if (state === 'failed')
        // Who says so is the installed system, at its first boot.
        return {
          ...at(record, stage === 'ready' ? 'ready' : 'configuring', time),
          failure: { time, step, text },
          heard,
        }
      const next = state === 'installed' && (stage === 'configuring' || stage === 'ready') ? stage : state
      return { ...at(record, next, time), until: null, failure: null, heard, repeats: false }
    }
    case 'enrolled':
      if (!mayEnrol(stage) || record.key !== null) return record
      // Only the installed system has a key to enrol with, so its disk is complete.
      return { ...record, repeats: false, key: event.key, heard: { time, words: 'enrolled' } }
    case 'conflict': {
      if (!mayEnrol(stage) || record.key === null || record.alarm !== null) return record
      const { from, key } = event
      return { ...record, alarm: { time, from, key }, heard: { time, words: 'enrolled with a second key' } }
    }
    case 'continued':
      return isUnderWay(stage) ? { ...record, commit: event.commit } : record
    default:
      return event satisfies never
  }
}

/** What follows for a machine from lines that cannot be read: they may have said that it was disarmed or installed, or its disk complete. */
export const afterDamage = (record: MachineRecord, time: string): MachineRecord =>
  record.stage === 'armed' || record.stage === 'booting'
    ? { ...at(record, 'idle', time), until: null }
    : { ...record, repeats: false }

/** Whether an event makes another stage, failure or permission of the machine, and not only of what was last heard. */
export function changesState(before: MachineRecord, event: StateEvent & MachineEvent): boolean {
  const after = reduceMachine(before, event)
  return (
    after.stage !== before.stage ||
    after.until !== before.until ||
    (after.failure === null) !== (before.failure === null) ||
    after.key !== before.key ||
    after.commit !== before.commit ||
    after.repeats !== before.repeats ||
    (after.alarm === null) !== (before.alarm === null) ||
    event.type === 'armed' ||
    event.type === 'reported'
  )
}
