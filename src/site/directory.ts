import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { isSystemError } from '../files/system-error.ts'

/** What is at a path; links are not followed. */
export type EntryKind = 'nothing' | 'file' | 'directory' | 'link' | 'other'

/** O_NONBLOCK: opening a named pipe must not wait for a writer. */
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

function statOrNull(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null
  } catch (fault) {
    // A file is in the place of one of the path's directories.
    if (isSystemError(fault) && fault.code === 'ENOTDIR') return null
    throw fault
  }
}

export function entryKind(path: string): EntryKind {
  const stats = statOrNull(path)
  if (!stats) return 'nothing'
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'link' : 'other'
}

/** Every directory above a relative path, the topmost first: `a`, `a/b` for `a/b/c`. */
export function directoriesAbove(path: string): string[] {
  const directories: string[] = []
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    directories.push(path.slice(0, slash))
  }
  return directories
}

/**
 * The first path above a site path that exists but is not a directory, or null. A link does not count as one, because it may lead
 * anywhere.
 */
export function brokenDirectoryAbove(top: string, path: string, known: Set<string>): string | null {
  if (known.has(dirname(path))) return null
  for (const directory of directoriesAbove(path)) {
    if (known.has(directory)) continue
    const there = entryKind(join(top, directory))
    if (there === 'nothing') return null
    if (there !== 'directory') return directory
    known.add(directory)
  }
  return null
}

/** A regular file opened for reading, or the kind of what is there instead. The caller closes it. */
export function openRegular(path: string): { descriptor: number; stats: Stats } | Exclude<EntryKind, 'file'> {
  let descriptor: number
  try {
    descriptor = openSync(path, readFlags)
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    if (fault.code === 'ENOENT' || fault.code === 'ENOTDIR') return 'nothing'
    if (fault.code === 'ELOOP') return 'link'
    // A socket, or a device without its driver.
    if (fault.code === 'ENXIO' || fault.code === 'ENODEV') return 'other'
    throw fault
  }
  const stats = fstatSync(descriptor)
  if (stats.isFile()) return { descriptor, stats }
  closeSync(descriptor)
  return stats.isDirectory() ? 'directory' : 'other'
}

/** Reads the rest of an open file into the buffer. Returns the number of bytes, at most the buffer's length. */
export function readFully(descriptor: number, buffer: Buffer, length = buffer.length): number {
  let done = 0
  while (done < length) {
    const count = readSync(descriptor, buffer, done, length - done, null)
    if (count === 0) break
    done += count
  }
  return done
}

/** Sets the mode of a regular file, but never that of a link's target. */
export function setMode(path: string, mode: number): void {
  const opened = openRegular(path)
  if (typeof opened === 'string') return
  try {
    fchmodSync(opened.descriptor, mode)
  } finally {
    closeSync(opened.descriptor)
  }
}

/** Creates missing directories above a site path, with mode 0755 regardless of the umask. */
export function makeDirectoriesAbove(top: string, path: string, made: Set<string>): void {
  if (made.has(dirname(path))) return
  for (const directory of directoriesAbove(path)) {
    if (made.has(directory)) continue
    const whole = join(top, directory)
    if (entryKind(whole) === 'nothing') {
      mkdirSync(whole, { mode: 0o755 })
      chmodSync(whole, 0o755)
    }
    made.add(directory)
  }
}

/**
 * Creates a directory and those above it. Not with `recursive`: then `mkdirSync('/proc/x')` of Node 20 loops forever, because the system
 * reports ENOENT although the parent exists.
 */
export function makeDirectories(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode })
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    const isMissingAbove = fault.code === 'ENOENT' && dirname(path) !== path && !existsSync(dirname(path))
    if (isMissingAbove) {
      makeDirectories(dirname(path), mode)
      mkdirSync(path, { mode })
    } else if (fault.code !== 'EEXIST' || !statSync(path).isDirectory()) {
      throw fault
    }
  }
}

/** Removes the empty directories above a path, the deepest first. */
export function removeEmptyDirectoriesAbove(top: string, path: string): void {
  for (const directory of directoriesAbove(path).toReversed()) {
    try {
      rmdirSync(join(top, directory))
    } catch (fault) {
      if (!isSystemError(fault)) throw fault
      if (fault.code === 'ENOENT') continue
      if (fault.code === 'ENOTEMPTY' || fault.code === 'EEXIST' || fault.code === 'ENOTDIR') return
      throw fault
    }
  }
}

/**
 * Whether a directory would be removed together with the given files, because it becomes empty.
 *
 * @param ours directories above files that hakube wrote: an empty one is left from a run that was killed
 */
export function vanishesWith(
  top: string,
  directory: string,
  gone: ReadonlySet<string>,
  ours: ReadonlySet<string>,
): boolean {
  const entries = readdirSync(join(top, directory), { withFileTypes: true })
  if (entries.length === 0) return ours.has(directory)
  return entries.every((entry) => {
    const path = `${directory}/${entry.name}`
    return entry.isDirectory() ? vanishesWith(top, path, gone, ours) : entry.isFile() && gone.has(path)
  })
}
