import { accessSync, constants, lstatSync, readlinkSync, statfsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../files/find-program.ts'
import { startTime } from '../files/lock.ts'

/** TMPFS_MAGIC and RAMFS_MAGIC of statfs(2). */
const memoryFileSystems: ReadonlySet<number> = new Set([0x01021994, 0x858458f6])

const isMemory = (directory: string): boolean => {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK)
    return memoryFileSystems.has(statfsSync(directory).type)
  } catch {
    return false
  }
}

/**
 * Where files with keys are put for other programs to read: where TMPDIR says; otherwise in memory, where a power cut or
 * SIGKILL leaves nothing on a disk.
 */
export function temporaryTop(environment: Environment): string {
  const { TMPDIR, XDG_RUNTIME_DIR } = environment
  if (TMPDIR) return TMPDIR
  const inMemory = [XDG_RUNTIME_DIR ?? '', '/dev/shm'].find((each) => each.startsWith('/') && isMemory(each))
  return inMemory ?? tmpdir()
}

/** Process numbers mean something within one namespace only; containers may share /dev/shm. */
function namespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0'
  }
}

const own = (): string => `hakube-check-${namespace()}-${process.pid}-${startTime(process.pid) ?? '0'}-`

/** Removes what runs that were killed have left; what belongs to a living one, or to someone else, stays. */
async function removeLeftovers(top: string): Promise<void> {
  for (const name of await readdir(top)) {
    const [, space, pid, started] = /^hakube-check-(\d+)-(\d+)-(\d+)-\w{6}$/.exec(name) ?? []
    if (space !== namespace() || space === '0' || pid === undefined || started === '0') continue
    if (startTime(Number(pid)) === started) continue
    const path = join(top, name)
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats?.isDirectory() && stats.uid === process.geteuid?.())
      await rm(path, { recursive: true, force: true })
  }
}

/** Gives `work` a directory that only this user can read, and removes it whatever happens. */
export async function inTemporaryDirectory<T>(
  environment: Environment,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const top = temporaryTop(environment)
  // mkdtemp makes it with mode 0700: what is checked holds keys.
  const directory = await mkdtemp(join(top, own()))
  try {
    await removeLeftovers(top)
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
