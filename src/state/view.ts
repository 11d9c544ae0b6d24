import type { FetchedKind } from './events.ts'
import { type MachineRecord, mayBeginAgain, type Stage, stageAt } from './machine-state.ts'

/** A machine as people and programs see it at a moment. */
export type MachineView = {
  mac: string
  name: string
  state: Stage
  /** Why it counts as failed, in words; null when it does not. A mark beside the state: later news takes it away. */
  failed: string | null
  /** Lines that go with the failure. */
  output: string | null
  since: string | null
  until: string | null
  lastHeard: { time: string; words: string } | null
  /** What the server waits for, in words. */
  awaited: string
  /** The commit that it was installed from. */
  commit: string | null
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

/** States in which a machine is on its way, so that silence means something. An armed machine may be switched on next week. */
const underWay: ReadonlySet<Stage> = new Set(['booting', 'installing', 'installed', 'configuring'])

/**
 * What a machine is at a moment. That a machine is silent is never written down: it is seen from the time, so it is gone with
 * the next news, and nothing can follow from it.
 *
 * @param deadline milliseconds of silence after which a machine under way counts as failed
 */
export function viewOf(record: MachineRecord, now: string, deadline: number): MachineView {
  const { mac, name, since, until, failure, heard, key, alarm, commit } = record
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
    awaited: awaited[state],
    commit,
  }
  if (alarm)
    return {
      ...view,
      awaited: 'someone to compare the keys and arm it again',
      failed: `two keys were shown for it, so it gets nothing: first ${key}, then ${alarm.key} from ${alarm.from}`,
      output: 'compare them with the key on its screen, look for the stranger, then arm the machine again',
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

const alarmed = 'two keys were shown for it: hakube status says which'

/** Why a machine may have no secrets with a key, or null when it may. @param key fingerprint of the one that is shown */
export function refusesKey(record: MachineRecord, now: string, key: string): string | null {
  if (record.alarm) return alarmed
  if (stageAt(record, now) === 'idle') return reasons.idle
  return record.key === key ? null : 'its key is another one'
}

/** `serve`: the file as it is; `disk`: a boot script that starts the local disk; `refuse`: nothing. */
export type Decision = { do: 'serve' } | { do: 'disk' | 'refuse'; why: string }

const reasons: Readonly<Record<Exclude<Stage, 'armed' | 'booting'>, string>> = {
  idle: 'it is not armed',
  installing: 'its installation has already begun',
  installed: 'it is installed',
  configuring: 'it is installed',
  ready: 'it is installed and ready',
}

/**
 * What a machine may have of its files at a moment.
 *
 * A second boot from the network in the midst of an installation is that of the installed system: an installer that ended well restarts
 * the machine, and most machines ask the network first. If it ended badly, the disk does not boot, and someone has to look
 * before it is erased again. Where the installer says when the disk is complete (`repeats`), a boot before that is that of a machine whose
 * power failed: it begins again, within a day.
 *
 * @param keepsDisk the machine has a system on its disk; without, it runs from memory and fetches everything at each boot
 */
export function decide(record: MachineRecord, now: string, what: FetchedKind, keepsDisk: boolean): Decision {
  if (record.alarm) return { do: what === 'boot-script' ? 'disk' : 'refuse', why: alarmed }
  const stage = stageAt(record, now)
  if (stage === 'armed' || stage === 'booting') return { do: 'serve' }
  if (mayBeginAgain(record, now)) return { do: 'serve' }
  if (stage !== 'idle' && (!keepsDisk || (stage === 'installing' && what !== 'boot-script')))
    return { do: 'serve' }
  return { do: what === 'boot-script' ? 'disk' : 'refuse', why: reasons[stage] }
}
