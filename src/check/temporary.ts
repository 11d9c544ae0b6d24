import { accessSync, constants, lstatSync, readlinkSync, rmSync, statfsSync } from 'node:fs'
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
 * Where to put files with keys for other programs to read: TMPDIR if it is set; otherwise memory, so that a power cut or SIGKILL leaves
 * nothing on a disk.
 */
export function temporaryTop(environment: Environment): string {
  const { TMPDIR } = environment
  return TMPDIR ? TMPDIR : (memoryTop(environment) ?? tmpdir())
}

/** A directory in memory that this user can write to, or null. */
export function memoryTop({ XDG_RUNTIME_DIR }: Environment): string | null {
  const places = [XDG_RUNTIME_DIR ?? '', '/dev/shm']
  return places.find((each) => each.startsWith('/') && isMemory(each)) ?? null
}

/** Process IDs are only meaningful within one namespace, and containers may share /dev/shm. */
function namespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0'
  }
}

const own = (purpose: Purpose): string =>
  `hakube-${purpose}-${namespace()}-${process.pid}-${startTime(process.pid) ?? '0'}-`

/** Removes what killed runs have left, except directories of running processes and of other users. */
async function removeLeftovers(top: string): Promise<void> {
  for (const name of await readdir(top)) {
    const [, space, pid, started] = /^hakube-(?:check|edit)-(\d+)-(\d+)-(\d+)-\w{6}$/.exec(name) ?? []
    if (space !== namespace() || space === '0' || pid === undefined || started === '0') continue
    if (startTime(Number(pid)) === started) continue
    const path = join(top, name)
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats?.isDirectory() && stats.uid === process.geteuid?.())
      await rm(path, { recursive: true, force: true })
  }
}

/** The purpose of a directory, which is part of its name. */
type Purpose = 'check' | 'edit'

/** Gives `work` a directory that only this user can read, and always removes it afterwards. */
export async function inTemporaryDirectory<T>(
  environment: Environment,
  work: (directory: string) => Promise<T>,
  { purpose = 'check', top = temporaryTop(environment) }: { purpose?: Purpose; top?: string } = {},
): Promise<T> {
  // mkdtemp creates it with mode 0700, because its files contain keys.
  const directory = await mkdtemp(join(top, own(purpose)))
  // A second signal ends the process before `finally` runs.
  const atExit = () => rmSync(directory, { recursive: true, force: true })
  process.once('exit', atExit)
  try {
    await removeLeftovers(top)
    return await work(directory)
  } finally {
    process.off('exit', atExit)
    await rm(directory, { recursive: true, force: true })
  }
}
