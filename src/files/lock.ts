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

/** The holder of a lock. The start time distinguishes it from a later process with the same ID. */
type Holder = { pid: number; host: string; boot: string | null; started: string | null }

export type Lock = {
  /** A long run calls this regularly, so that machines which share the directory can see that it is alive. */
  refresh(): void
  release(): void
}

/** A running process holds the lock. */
export class LockHeldError extends Error {
  override name = 'LockHeldError'
  /** `process 4711 on rack-1`, if it is known. */
  readonly holder: string | null

  constructor(holder: string | null) {
    super(`the lock is held${holder === null ? '' : ` by ${holder}`}`)
    this.holder = holder
  }
}

/** A holder on another machine cannot be looked up, so its lock counts as abandoned if it was not refreshed for this long. */
const abandonedAfterMilliseconds = 120_000
const refreshEveryMilliseconds = 5_000

const readIfThere = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** Others may be able to write where the lock is, so links are not followed, and a pipe is not waited for. */
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

/** Whether a file next to a lock named `lock` belongs to a run that took it, or was about to. */
export const isLockDraft = (name: string): boolean => /^lock\.\d+(?:\.[0-9a-f]{16})?(?:\.new)?$/.test(name)

/**
 * When a process started, or null if there is none. Field 22 of /proc/PID/stat (proc_pid_stat(5)); the name in field 2 may contain spaces
 * and parentheses.
 */
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
    // Not a lock of hakube, or truncated; nobody can hold it.
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

/** Removes the lock of a dead process. If another process did so at the same time and now holds the lock, it gets it back. */
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
 * Takes a lock that one process at a time can hold. The lock file appears with its contents (link(2) fails if the name exists), so it is
 * never seen half written. The lock of a process that was killed is recognized and taken over.
 *
 * @throws LockHeldError when a running process holds it, or a system error
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
    // O_EXCL: a planted link under that name is not followed.
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
