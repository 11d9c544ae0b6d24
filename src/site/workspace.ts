import { Refusal } from '../diagnostics/refusal.ts'
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { error } from '../diagnostics/diagnostic.ts'
import { isLockDraft, type Lock } from '../files/lock.ts'
import { isSystemError } from '../files/system-error.ts'
import { makeDirectories, entryKind } from './directory.ts'
import { takeLock } from './lock.ts'
import { isSitePath } from './manifest.ts'
import { attempt } from './attempt.ts'

/** hakube's directory within the output directory while it writes. No site path can have this name. */
export const workspaceName = '.hakube-render'

const journalName = 'journal'

/**
 * Holds the files of a render before they are moved to their places. It is in the output directory, because renames are atomic only
 * within a file system. It is a single directory instead of temporary names all over the site, so that remains of a killed run are
 * recognized with certainty. Mode 0700, so that no one else can read the secrets in it.
 */
export type Workspace = {
  /** Writes a complete file under a temporary name and returns that name. */
  stage(body: Buffer, mode: number): string
  /** Moves a staged file to its place. */
  place(name: string, target: string): void
  /**
   * Records paths that will belong to hakube before a manifest lists them: if this run is killed, the next one recognizes its files.
   */
  writeJournal(paths: readonly string[]): void
  removeJournal(): void
  refresh(): void
  /** Removes its contents, except a journal. */
  close(): void
}

/** Paths of a run that was killed while it moved files to their places. Lines that are not site paths are ignored. */
export function readJournal(directory: string): string[] {
  const file = join(directory, workspaceName, journalName)
  if (entryKind(join(directory, workspaceName)) !== 'directory' || entryKind(file) !== 'file') return []
  return attempt('read', file, () => readFileSync(file, 'utf8').split('\n').filter(isSitePath))
}

const isOwnName = (name: string): boolean => /^\d+$/.test(name) || isLockDraft(name)

function removeLeftovers(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (isOwnName(name) && entryKind(join(directory, name)) === 'file') unlinkSync(join(directory, name))
  }
}

function removeDirectoryIfEmpty(directory: string): void {
  try {
    rmdirSync(directory)
  } catch (fault) {
    // A journal, or another's file: it stays.
    if (!isSystemError(fault) || (fault.code !== 'ENOTEMPTY' && fault.code !== 'ENOENT')) throw fault
  }
}

/** Refuses a workspace that others can write to, because they could change files before they are moved. Rendered sites contain keys. */
function refuseForeign(directory: string): void {
  const { uid, mode } = lstatSync(directory)
  const ours = process.geteuid?.() ?? uid
  if (uid === ours && (mode & 0o022) === 0) return
  const why = uid === ours ? 'other users can write to it' : 'it belongs to another user'
  throw new Refusal([
    error('output/foreign-file', `${directory} is not safe: ${why}, and hakube would write keys there`, {
      hint: 'remove it, or choose another directory with --out',
    }),
  ])
}

function enter(directory: string, workspace: string): Lock {
  const there = entryKind(workspace)
  if (there !== 'nothing' && there !== 'directory') {
    throw new Refusal([
      error('output/foreign-file', `${workspace} is in the way: hakube needs this name for its own files`),
    ])
  }
  // A run that ends at this moment may remove the directory between the two steps.
  for (let turn = 0; ; turn++) {
    try {
      makeDirectories(workspace, 0o700)
      refuseForeign(workspace)
      return takeLock(join(workspace, 'lock'), directory)
    } catch (fault) {
      if (!isSystemError(fault) || fault.code !== 'ENOENT' || turn === 10) throw fault
    }
  }
}

/** @throws Refusal when another render uses it, or the workspace cannot be created */
export function openWorkspace(directory: string): Workspace {
  const workspace = join(directory, workspaceName)
  const lock = attempt('write to', workspace, () => enter(directory, workspace))
  let count = 0
  const write = (name: string, body: Buffer, mode: number, toDisk: boolean): void => {
    // Created with a mode that lets only the owner open it; fchmod then sets the final mode regardless of the umask.
    const descriptor = openSync(join(workspace, name), 'wx', 0o600)
    try {
      for (let done = 0; done < body.length;) done += writeSync(descriptor, body, done)
      fchmodSync(descriptor, mode)
      if (toDisk) fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }
  const stage = (body: Buffer, mode: number, toDisk = false): string => {
    const name = String(count++)
    write(name, body, mode, toDisk)
    return name
  }
  try {
    attempt('write to', workspace, () => removeLeftovers(workspace))
  } catch (fault) {
    lock.release()
    throw fault
  }
  return {
    stage,
    place: (name, target) => renameSync(join(workspace, name), target),
    writeJournal(paths) {
      const name = stage(Buffer.from(paths.map((path) => `${path}\n`).join('')), 0o600, true)
      renameSync(join(workspace, name), join(workspace, journalName))
    },
    removeJournal() {
      if (entryKind(join(workspace, journalName)) === 'file') unlinkSync(join(workspace, journalName))
    },
    refresh: () => lock.refresh(),
    close() {
      attempt('write to', workspace, () => removeLeftovers(workspace))
      lock.release()
      attempt('remove', workspace, () => removeDirectoryIfEmpty(workspace))
    },
  }
}
