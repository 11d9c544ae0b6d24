import { constants, type Dirent } from 'node:fs'
import { lstat, open, readdir, readlink, realpath, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** To open a named pipe must not wait for a writer, and what became a link since it was looked at is not followed. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

const isLinux = process.platform === 'linux'

/**
 * Where an open file really is. Asked of the descriptor, the answer is of the file that was opened: a directory on its way may have been
 * a link when it was opened, and none any more when the path is looked at.
 */
export async function placeOf(handle: FileHandle, path: string): Promise<string> {
  if (isLinux) return readlink(`/proc/self/fd/${handle.fd}`)
  // Elsewhere the path has to do, and that it still leads to the same file.
  const [place, there, opened] = [await realpath(path), await lstat(path), await handle.stat()]
  return there.ino === opened.ino && there.dev === opened.dev ? place : ''
}

/** Opens what is at a path without links in it. @returns null when something else is there now, or it is elsewhere */
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

/** A directory that is held open, so that what is looked up in it is in it, whatever becomes of its path. */
export type OpenDirectory = { entries: Dirent[]; at: (name: string) => string; close: () => Promise<void> }

/** @returns null when this very place is no longer a directory */
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
