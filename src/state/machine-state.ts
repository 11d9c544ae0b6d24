import type { CertificateKind } from '../secrets/certificate-need.ts'
import type { FetchedKind, MachineEvent, MachineFacts, StateEvent } from './events.ts'

/**
 * How far a machine is. `booting`: it fetched its boot script; `installing`: it fetched its answers or its seed, so its disk may be
 * erased; from `installed` on, its installed system has reported.
 */
export const stages = ['idle', 'armed', 'booting', 'installing', 'installed', 'configuring', 'ready'] as const
export type Stage = (typeof stages)[number]

/** The last report of a machine since it was armed. */
export type Heard = { time: string; words: string }

/** The problem that a machine reported. Later reports of progress remove it. */
export type Failure = { time: string; step: string | null; text: string }

/** Two keys were used for one machine. Stays until an operator has looked and arms the machine again. */
export type Alarm = { time: string; from: string; key: string }

/** The last report of its hardware. */
export type Hardware = { time: string; from: string; facts: MachineFacts }

/** Everything known about a machine. */
export type MachineRecord = {
  mac: string
  name: string
  stage: Stage
  /** When it reached this stage; null for a machine without a report. */
  since: string | null
  /** Until when an armed machine may begin; null without a limit. */
  until: string | null
  failure: Failure | null
  heard: Heard | null
  /** SHA-256 of the public key with which it enrolled since it was armed: the owner of the private key is the machine. */
  key: string | null
  /** SHA-256 of the latest keys that it made for its own certificates since it was armed. */
  certificates: Readonly<Partial<Record<CertificateKind, string>>>
  alarm: Alarm | null
  /** The operator disarmed it and has not armed it since. */
  disarmed: boolean
  /** The commit of its boot script and answers, since it was armed. */
  commit: string | null
  /** When it was armed; null when it was not, or is no longer in the profile. */
  armedAt: string | null
  /** It was armed to erase even living systems on its disks. */
  wipe: boolean
  /** The living systems on its disks, if those stopped its installer. Cleared by arming, disarming and later reports of progress. */
  found: string | null
  /** Its installer has begun and not reported that the disk is complete. Until then the disk does not boot, so it may start again. */
  repeats: boolean
  /** Null without a report. Arming keeps it. */
  hardware: Hardware | null
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
  certificates: {},
  alarm: null,
  disarmed: false,
  commit: null,
  armedAt: null,
  wipe: false,
  found: null,
  repeats: false,
  hardware: null,
})

/** Whether the permission to begin has expired: `--for` counts until the answers are fetched. */
const isOver = ({ stage, until }: MachineRecord, time: string): boolean =>
  (stage === 'armed' || stage === 'booting') && until !== null && Date.parse(time) >= Date.parse(until)

/** The stage at a moment: the passage of time only returns an armed machine to idle. */
export const stageAt = (record: MachineRecord, time: string): Stage =>
  isOver(record, time) ? 'idle' : record.stage

/**
 * Whether a machine may enrol at a stage: from `hakube arm` until its installed system has reported, which it does with the key that it
 * enrolled with.
 */
export const mayEnrol = (stage: Stage): boolean =>
  stage === 'armed' || stage === 'booting' || stage === 'installing'

/** Whether a machine is between the first file of its installation and its first success, and so keeps its version of the site. */
export const isUnderWay = (stage: Stage): boolean =>
  stage === 'booting' || stage === 'installing' || stage === 'installed' || stage === 'configuring'

/**
 * How long an installer may start again, in milliseconds. Its disk may have been completed while the server was down; a system that runs
 * from it sends reports for a day (cloud-init/first-boot/report.ejs).
 */
const beginsAgainFor = 24 * 3_600_000

/** Whether an installer that has begun may start again. */
export const mayBeginAgain = (record: MachineRecord, time: string): boolean =>
  record.repeats &&
  stageAt(record, time) === 'installing' &&
  Date.parse(time) - Date.parse(record.since ?? time) < beginsAgainFor

/** Whether an installation has begun since the machine was armed, whatever its outcome. */
export const hasBegun = (stage: Stage): boolean => stages.indexOf(stage) >= stages.indexOf('installing')

/**
 * Whether a client has authenticated for a machine since it was armed. Arming it again forgets the key and any alarm, so only an operator
 * who has looked may do so: if a stranger was first, the machine's own key would be the first of the next arming, without an alarm.
 */
export const hasShownKey = ({ key, alarm }: MachineRecord): boolean => key !== null || alarm !== null

const at = (record: MachineRecord, stage: Stage, time: string): MachineRecord =>
  record.stage === stage ? record : { ...record, stage, since: time }

/** What a machine requested, as the object of a sentence. */
export const fetchedWords: Readonly<Record<FetchedKind, string>> = {
  'boot-script': 'its boot script',
  disk: 'the boot script that starts its disk',
  menu: 'its boot menu',
  answers: 'its answers',
  script: 'its installation script',
  done: 'permission to start from its disk',
  certificate: 'its certificate',
  secrets: 'its secrets',
  other: 'a file',
}

/**
 * Applies an event to a machine. Pure. The important rules:
 *
 * - Only `armed` leads to armed, booting or installing; no other event does, in whatever order, and no passage of time.
 * - A machine that is armed or booting has not begun, so reports of its old system do not count.
 * - A failure is independent of the stage; the next good report removes it.
 * - An installer that may start again does so until the disk is complete (`done`), or the installed system enrols or reports, and for a
 *   day at most.
 * - The first key since `armed` is the machine's key. Another one raises an alarm, which only `armed` and `removed` end.
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
        armedAt: time,
        wipe: event.wipe === true,
        hardware: record.hardware,
      }
    case 'disarmed':
      // An installed machine has nothing left to disarm, and stays as it is.
      return ['armed', 'booting', 'installing'].includes(record.stage)
        ? // The first of the two keys is shown next to the second.
          {
            ...at(record, 'idle', time),
            until: null,
            failure: null,
            key: record.alarm ? record.key : null,
            disarmed: true,
            wipe: false,
            found: null,
            repeats: false,
          }
        : { ...record, disarmed: true }
    case 'removed':
      return { ...newMachine(record.mac, name), since: at(record, 'idle', time).since }
    case 'described': {
      const { from, facts } = event
      return { ...record, hardware: { time, from, facts }, heard: { time, words: 'sent a hardware report' } }
    }
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
      // A report of the installer grants nothing: the stage stays as it is.
      if (state === 'installing')
        return stage === 'installing' ? { ...record, failure: null, heard } : { ...record, heard }
      if (state === 'failed' && record.repeats) return { ...record, failure: { time, step, text }, heard }
      if (state === 'failed')
        // This report comes from the installed system, at its first boot.
        return {
          ...at(record, stage === 'ready' ? 'ready' : 'configuring', time),
          failure: { time, step, text },
          heard,
        }
      const next = state === 'installed' && (stage === 'configuring' || stage === 'ready') ? stage : state
      return { ...at(record, next, time), until: null, failure: null, found: null, heard, repeats: false }
    }
    case 'looked': {
      const { found, answer } = event
      const heard = { time, words: found === '' ? 'found its disks free' : `found on its disks: ${found}` }
      if (answer === 'restart' || stage !== 'installing') return { ...record, heard }
      return { ...record, heard, found: answer === 'keep' ? found : null }
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
    case 'certified': {
      const { certificate, key } = event
      // Without the key that it enrolled with, it would not have been signed.
      if (record.key === null) return record
      const certificates = { ...record.certificates, [certificate]: key }
      return { ...record, certificates, heard: { time, words: `got its certificate ${certificate}` } }
    }
    case 'continued':
      return isUnderWay(stage) ? { ...record, commit: event.commit } : record
    default:
      return event satisfies never
  }
}

/** The effect of unreadable lines on a machine: they may have recorded that it was disarmed or installed, or that its disk was complete. */
export const afterDamage = (record: MachineRecord, time: string): MachineRecord =>
  record.stage === 'armed' || record.stage === 'booting'
    ? { ...at(record, 'idle', time), until: null }
    : { ...record, repeats: false }

const telling = ['stage', 'until', 'key', 'certificates', 'commit', 'repeats', 'found'] as const

/** Whether an event changes the machine's stage, failure or permission, and not only its last report. */
export function changesState(before: MachineRecord, event: StateEvent & MachineEvent): boolean {
  const after = reduceMachine(before, event)
  return (
    telling.some((property) => after[property] !== before[property]) ||
    (after.failure === null) !== (before.failure === null) ||
    (after.alarm === null) !== (before.alarm === null) ||
    event.type === 'armed' ||
    event.type === 'reported'
  )
}
