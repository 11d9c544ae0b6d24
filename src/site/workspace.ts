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
import { makeFolders, standing } from './folder.ts'
import { takeLock } from './lock.ts'
import { isSitePath } from './manifest.ts'
import { attempt, SiteError } from './site-error.ts'

/** hakube's own folder in the output folder while it writes; the name can be no site path. */
export const workspaceName = '.hakube-render'

const journalName = 'journal'

/**
 * Where a render puts its files before any of them goes to its place. It lies in the output folder, because a rename is
 * only atomic within one file system, and it is one folder instead of temporary names all over the site, because then
 * what a killed run left is recognised without a guess. Mode 0700: nobody sees a secret on its way.
 */
export type Workspace = {
  /** Writes a whole file under a temporary name and returns that name. */
  stage(body: Buffer, mode: number): string
  /** Moves a staged file to its place. */
  place(name: string, target: string): void
  /**
   * Notes which paths will be hakube's although no manifest says so yet: a run that is killed after this leaves files that
   * the next run knows as its own.
   */
  writeJournal(paths: readonly string[]): void
  removeJournal(): void
  refresh(): void
  /** Removes what is left in it, but for a journal. */
  close(): void
}

/** Paths of a run that was killed while it put files in their places. Lines that are no site path are not ours: ignored. */
export function readJournal(directory: string): string[] {
  const file = join(directory, workspaceName, journalName)
  if (standing(join(directory, workspaceName)) !== 'folder' || standing(file) !== 'file') return []
  return attempt('read', file, () => readFileSync(file, 'utf8').split('\n').filter(isSitePath))
}

const isOwnName = (name: string): boolean => /^\d+$/.test(name) || isLockDraft(name)

function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (isOwnName(name) && standing(join(folder, name)) === 'file') unlinkSync(join(folder, name))
  }
}

function removeFolderIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (fault) {
    // A journal, or somebody else's file: it stays.
    if (!isSystemError(fault) || (fault.code !== 'ENOTEMPTY' && fault.code !== 'ENOENT')) throw fault
  }
}

/** Whoever can write to it could change what is put in its place from it; a rendered site holds keys. */
function refuseForeign(folder: string): void {
  const { uid, mode } = lstatSync(folder)
  const ours = process.geteuid?.() ?? uid
  if (uid === ours && (mode & 0o022) === 0) return
  const why = uid === ours ? 'others may write to it' : 'it belongs to another user'
  throw new SiteError([
    error(
      'output/foreign-file',
      `${folder} is not used: ${why}, and files with keys would be written there`,
      {
        hint: 'remove it, or name another directory with --out',
      },
    ),
  ])
}

function enter(directory: string, folder: string): Lock {
  const there = standing(folder)
  if (there !== 'nothing' && there !== 'folder') {
    throw new SiteError([
      error('output/foreign-file', `${folder} is in the way: hakube needs that name for its own files`),
    ])
  }
  // A run that ends just now removes the folder between our two steps.
  for (let turn = 0; ; turn++) {
    try {
      makeFolders(folder, 0o700)
      refuseForeign(folder)
      return takeLock(join(folder, 'lock'), directory)
    } catch (fault) {
      if (!isSystemError(fault) || fault.code !== 'ENOENT' || turn === 10) throw fault
    }
  }
}

/** @throws SiteError when another render has it, or the folder cannot be made */
export function openWorkspace(directory: string): Workspace {
  const folder = join(directory, workspaceName)
  const lock = attempt('write to', folder, () => enter(directory, folder))
  let count = 0
  const write = (name: string, body: Buffer, mode: number, toDisk: boolean): void => {
    // Nobody but the owner can open it before it has its mode; fchmod because the umask may take bits away.
    const descriptor = openSync(join(folder, name), 'wx', 0o600)
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
    attempt('write to', folder, () => removeLeftovers(folder))
  } catch (fault) {
    lock.release()
    throw fault
  }
  return {
    stage,
    place: (name, target) => renameSync(join(folder, name), target),
    writeJournal(paths) {
      const name = stage(Buffer.from(paths.map((path) => `${path}\n`).join('')), 0o600, true)
      renameSync(join(folder, name), join(folder, journalName))
    },
    removeJournal() {
      if (standing(join(folder, journalName)) === 'file') unlinkSync(join(folder, journalName))
    },
    refresh: () => lock.refresh(),
    close() {
      attempt('write to', folder, () => removeLeftovers(folder))
      lock.release()
      attempt('remove', folder, () => removeFolderIfEmpty(folder))
    },
  }
}
