import type { FetchedKind, LookAnswer } from './events.ts'
import { type Hardware, type MachineRecord, mayBeginAgain, type Stage, stageAt } from './machine-state.ts'

/** A machine at a moment, as people and programs see it. */
export type MachineView = {
  mac: string
  name: string
  state: Stage
  /** Why it counts as failed; null if it does not. Independent of the state: a later report removes it. */
  failed: string | null
  /** Output that belongs to the failure. */
  output: string | null
  since: string | null
  until: string | null
  lastHeard: { time: string; words: string } | null
  /** What the server waits for. */
  awaited: string
  /** The commit from which it was installed. */
  commit: string | null
  hardware: Hardware | null
}

const minutes = (milliseconds: number): string => {
  const count = Math.floor(milliseconds / 60_000)
  return count === 1 ? '1 minute' : `${count} minutes`
}

const awaited: Readonly<Record<Stage, string>> = {
  idle: 'nothing: it boots from its disk until it is armed',
  armed: 'its next boot from the network',
  booting: 'its installer, to fetch the answers',
  installing: 'the first report of the installed system',
  installed: 'the first step of its first boot',
  configuring: 'its next step, or its checks',
  ready: 'nothing: all its checks passed',
}

/** States in which a report is expected soon, so that silence means a failure. An armed machine may be switched on next week. */
const underWay: ReadonlySet<Stage> = new Set(['booting', 'installing', 'installed', 'configuring'])

/**
 * The view of a machine at a moment. Silence is never recorded but derived from the time, so the next report ends it, and nothing depends
 * on it.
 *
 * @param deadline milliseconds of silence after which a machine that is being installed counts as failed
 */
export function viewOf(record: MachineRecord, now: string, deadline: number): MachineView {
  const { mac, name, since, until, failure, found, heard, key, alarm, wipe, commit, hardware } = record
  const state = stageAt(record, now)
  const view = {
    mac,
    name,
    state,
    failed: null,
    output: null,
    since,
    until: state === 'armed' || state === 'booting' ? until : null,
    lastHeard: heard,
    awaited: `${awaited[state]}${wipe && (state === 'armed' || state === 'booting') ? '; it may erase a living system' : ''}`,
    commit,
    hardware,
  }
  if (alarm)
    return {
      ...view,
      awaited: 'someone to compare the keys and arm it again',
      failed: `two keys were presented for it, so it gets nothing: first ${key}, then ${alarm.key} from ${alarm.from}`,
      output:
        'compare them with the key on its screen, find out who sent the other one, then arm the machine again',
    }
  if (found !== null && state === 'installing')
    return {
      ...view,
      awaited: 'someone to arm it with --wipe, or to disarm it',
      failed: `a living system is on its disks, and it was armed without --wipe: ${found}`,
      output: `nothing was erased; to erase it: ${armToWipe(name)}; to keep it: hakube disarm PROFILE ${name}`,
    }
  if (failure) {
    const failed = failure.step === null ? 'reported by the machine' : `step ${failure.step} fails`
    return { ...view, failed, output: failure.text === '' ? null : failure.text }
  }
  const last = heard?.time ?? since
  if (!underWay.has(state) || last === null) return view
  const silence = Date.parse(now) - Date.parse(last)
  if (silence < deadline) return view
  const words = heard ? `; it last ${heard.words}` : ''
  return { ...view, failed: `silent for ${minutes(silence)}${words}` }
}

/** The command that lets an installer erase living systems on the disks of a machine. */
export const armToWipe = (name: string): string => `hakube arm PROFILE ${name} --wipe`

const alarmed = 'two keys were presented for it: hakube status says which'

/**
 * Why a machine may not fetch secrets with a key, or null if it may.
 *
 * @param key fingerprint of the key with which it authenticated
 */
export function refusesKey(record: MachineRecord, now: string, key: string): string | null {
  if (record.alarm) return alarmed
  if (stageAt(record, now) === 'idle') return reasons.idle
  return record.key === key ? null : 'its key is another one'
}

/** `serve`: the file itself; `disk`: a boot script that starts the local disk; `refuse`: nothing. */
export type Decision = { do: 'serve' } | { do: 'disk' | 'refuse'; why: string }

const reasons: Readonly<Record<Exclude<Stage, 'armed' | 'booting'>, string>> = {
  idle: 'it is not armed',
  installing: 'its installation has already begun',
  installed: 'it is installed',
  configuring: 'it is installed',
  ready: 'it is installed and ready',
}

/**
 * Decides which of its files a machine may have at a moment.
 *
 * A second network boot during an installation is that of the installed system: an installer that succeeded reboots the machine, and most
 * machines try the network first. If it failed, the disk does not boot, and the operator has to look before it is erased again. If the
 * installer reports when the disk is complete (`repeats`), an earlier boot follows a power cut: the machine starts again, within a day.
 *
 * @param keepsDisk the machine has a system on its disk; otherwise it runs from memory and fetches everything at each boot
 */
export function decide(record: MachineRecord, now: string, what: FetchedKind, keepsDisk: boolean): Decision {
  // Made of the profile alone, and the same in all states.
  if (what === 'menu') return { do: 'serve' }
  if (record.alarm) return { do: what === 'boot-script' ? 'disk' : 'refuse', why: alarmed }
  const stage = stageAt(record, now)
  if (stage === 'armed' || stage === 'booting') return { do: 'serve' }
  if (mayBeginAgain(record, now)) return { do: 'serve' }
  if (stage !== 'idle' && (!keepsDisk || (stage === 'installing' && what !== 'boot-script')))
    return { do: 'serve' }
  return { do: what === 'boot-script' ? 'disk' : 'refuse', why: reasons[stage] }
}

/**
 * What an installer may do that has looked at the disks which it would erase. The server decides at this moment, so that no file says
 * whether a machine was armed with `--wipe`.
 *
 * @param found whether there is a living system
 */
export function judgeLook(
  record: MachineRecord,
  now: string,
  found: boolean,
): { do: LookAnswer; why: string } {
  if (record.alarm) return { do: 'restart', why: alarmed }
  const stage = stageAt(record, now)
  // Answers of an earlier arming may name another disk.
  if (stage === 'armed' || stage === 'booting') return { do: 'restart', why: 'it was armed again' }
  if (stage !== 'installing' || (record.repeats && !mayBeginAgain(record, now)))
    return {
      do: 'restart',
      why: stage === 'installing' ? 'its installation began a day ago' : reasons[stage],
    }
  if (found && !record.wipe) return { do: 'keep', why: 'it was armed without --wipe' }
  return { do: 'erase', why: '' }
}
