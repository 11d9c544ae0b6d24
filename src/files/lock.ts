import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  lutimesSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { isSystemError } from './system-error.ts'
import { randomName } from './write-whole.ts'

/** Who holds a lock. The start time tells a living holder from a later process with the same number. */
type Holder = { pid: number; host: string; boot: string | null; started: string | null }

export type Lock = {
  /** To be called now and then by a long run: its holder lives, as machines that share the directory can see. */
  refresh(): void
  release(): void
}

/** Another process that lives holds the lock. */
export class LockHeldError extends Error {
  override name = 'LockHeldError'
  /** `process 4711 on rack-1`, as far as it is known. */
  readonly holder: string | null

  constructor(holder: string | null) {
    super(`the lock is held${holder === null ? '' : ` by ${holder}`}`)
    this.holder = holder
  }
}

/** A holder on another machine cannot be looked up; a lock that it has not refreshed for so long is left over. */
const abandonedAfterMilliseconds = 120_000
const refreshEveryMilliseconds = 5_000

const readIfThere = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** The lock itself lies where others may be able to write: a link is not followed, a pipe not waited for. */
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

function readLock(file: string): string | null {
  try {
    const descriptor = openSync(file, readFlags)
    try {
      return fstatSync(descriptor).isFile() ? readFileSync(descriptor, 'utf8') : null
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return null
  }
}

/** Whether a file that lies beside a lock named `lock` is one of a run that took it, or was about to. */
export const isLockDraft = (name: string): boolean => /^lock\.\d+(?:\.[0-9a-f]{16})?(?:\.new)?$/.test(name)

/** When a process began, or null when there is none. Field 22 of /proc/PID/stat (proc_pid_stat(5)); the name in field 2 may hold blanks and brackets. */
export const startTime = (pid: number): string | null =>
  readIfThere(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ')[19] ?? null

const bootId = (): string | null => readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? null

function parseHolder(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text)
    if (value && typeof value === 'object' && 'pid' in value && 'host' in value) {
      const { pid, host } = value
      const boot = 'boot' in value && typeof value.boot === 'string' ? value.boot : null
      const started = 'started' in value && typeof value.started === 'string' ? value.started : null
      if (Number.isSafeInteger(pid) && Number(pid) > 0 && typeof host === 'string') {
        return { pid: Number(pid), host, boot, started }
      }
    }
  } catch {
    // Not ours or cut short; nobody can hold it.
  }
  return null
}

function lives(holder: Holder, lockFile: string): boolean {
  if (holder.host !== hostname()) {
    return Date.now() - lstatSync(lockFile).mtimeMs < abandonedAfterMilliseconds
  }
  if (holder.boot !== bootId()) return false
  if (holder.started !== null) return startTime(holder.pid) === holder.started
  try {
    process.kill(holder.pid, 0)
    return true
  } catch (fault) {
    return isSystemError(fault) && fault.code === 'EPERM'
  }
}

function linkUnlessThere(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (fault) {
    if (isSystemError(fault) && fault.code === 'EEXIST') return false
    throw fault
  }
}

/**
 * Takes what a dead process left. Between look and grip another process may have done the same and hold the lock now:
 * then it gets it back.
 */
function takeAway(file: string, seen: string): void {
  const aside = `${file}.${randomName()}`
  try {
    renameSync(file, aside)
  } catch (fault) {
    if (isSystemError(fault) && fault.code === 'ENOENT') return
    throw fault
  }
  if (readLock(aside) !== seen) linkUnlessThere(aside, file)
  unlinkSync(aside)
}

/**
 * One process at a time. The lock is a file that appears with its content (link(2) fails where the name exists), so it is
 * never seen half-written; the lock of a process that was killed is recognised and taken.
 *
 * @throws LockHeldError when another process that lives holds it, or an error of the system
 */
export function takeLock(file: string): Lock {
  const own = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    boot: bootId(),
    started: startTime(process.pid),
  } satisfies Holder)
  const draft = `${file}.${randomName()}.new`
  try {
    // A link that someone planted under that name is not followed (O_EXCL).
    writeFileSync(draft, own, { mode: 0o600, flag: 'wx' })
    for (let turn = 0; !linkUnlessThere(draft, file); turn++) {
      const seen = readLock(file)
      const holder = seen === null ? null : parseHolder(seen)
      if (turn > 100 || (holder && lives(holder, file))) {
        throw new LockHeldError(holder ? `process ${holder.pid} on ${holder.host}` : null)
      }
      if (seen !== null) takeAway(file, seen)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  let refreshed = Date.now()
  return {
    refresh() {
      if (Date.now() - refreshed < refreshEveryMilliseconds) return
      refreshed = Date.now()
      lutimesSync(file, new Date(), new Date())
    },
    release: () => rmSync(file, { force: true }),
  }
}
