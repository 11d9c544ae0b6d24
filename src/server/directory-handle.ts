import { constants, type Dirent } from 'node:fs'
import { lstat, open, readdir, readlink, realpath, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** Opening a named pipe must not wait for a writer, and a file that was replaced by a link must not be followed. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

const isLinux = process.platform === 'linux'

/**
 * The real path of an open file. It is determined from the descriptor, so it belongs to the file that was opened, even if a directory of
 * the path was a link at that time and no longer is.
 */
export async function placeOf(handle: FileHandle, path: string): Promise<string> {
  if (isLinux) return readlink(`/proc/self/fd/${handle.fd}`)
  // Without /proc, the path must suffice, if it still leads to the same file.
  const [place, there, opened] = [await realpath(path), await lstat(path), await handle.stat()]
  return there.ino === opened.ino && there.dev === opened.dev ? place : ''
}

/**
 * Opens the file at a path that contains no links.
 *
 * @returns null if it was replaced or moved in the meantime
 */
export async function openInPlace(path: string): Promise<FileHandle | null> {
  const handle = await open(path, flags)
  try {
    if ((await placeOf(handle, path)) === path) return handle
  } catch (fault) {
    await handle.close()
    throw fault
  }
  await handle.close()
  return null
}

/** A directory that is held open, so that lookups stay within it even if its path changes. */
export type OpenDirectory = { entries: Dirent[]; at: (name: string) => string; close: () => Promise<void> }

/** @returns null if the path is no longer this directory */
export async function openDirectory(path: string): Promise<OpenDirectory | null> {
  const handle = await openInPlace(path)
  if (!handle) return null
  const base = isLinux ? `/proc/self/fd/${handle.fd}` : path
  try {
    const entries = await readdir(base, { withFileTypes: true })
    return { entries, at: (name) => join(base, name), close: () => handle.close() }
  } catch (fault) {
    await handle.close()
    throw fault
  }
}
