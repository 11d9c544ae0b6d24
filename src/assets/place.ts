import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { systemCode } from '../files/system-error.ts'

/** Why a file cannot be written to the directory, as the end of "cannot write PATH: …". */
export class PlaceError extends Error {}

export type FileFacts = { size: number; sha256: string }

async function look(path: string): Promise<Stats | null> {
  try {
    return await lstat(path)
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return null
    throw fault
  }
}

/**
 * Creates the directories above a file. Nothing below the top may be a link, which would determine where hakube writes.
 *
 * @throws {PlaceError}
 */
export async function makePlace(top: string, path: string): Promise<void> {
  await mkdir(top, { recursive: true })
  let at = top
  for (const part of dirname(path).split(/[/\\]/)) {
    if (part === '.') continue
    at = join(at, part)
    const found = await look(at)
    if (found === null) await mkdir(at)
    else if (!found.isDirectory())
      throw new PlaceError(`${at} is ${found.isSymbolicLink() ? 'a symbolic link' : 'not a directory'}`)
  }
}

/** Checksum and size of an open file, read from its beginning. */
export async function factsOf(handle: FileHandle, stop: AbortSignal): Promise<FileFacts> {
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(1 << 20)
  let size = 0
  for (;;) {
    stop.throwIfAborted()
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size)
    if (bytesRead === 0) return { size, sha256: hash.digest('hex') }
    hash.update(buffer.subarray(0, bytesRead))
    size += bytesRead
  }
}

/**
 * Inspects a path of the directory.
 *
 * @returns null if there is nothing, or an empty file
 * @throws {PlaceError} if it is not a file, or a link is part of the path
 */
export async function presentFile(top: string, path: string, stop: AbortSignal): Promise<FileFacts | null> {
  let at = top
  const parts = path.split('/')
  for (const [index, part] of parts.entries()) {
    at = join(at, part)
    const found = await look(at)
    if (found === null) return null
    if (found.isSymbolicLink()) throw new PlaceError(`${at} is a symbolic link`)
    const isLast = index === parts.length - 1
    if (isLast ? !found.isFile() : !found.isDirectory())
      throw new PlaceError(`${at} is not a ${isLast ? 'file' : 'directory'}`)
  }
  const handle = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const facts = await factsOf(handle, stop)
    return facts.size === 0 ? null : facts
  } finally {
    await handle.close()
  }
}

/** The path of a download until it is complete. */
export const partOf = (top: string, path: string): string => {
  const file = join(top, ...path.split('/'))
  return `${dirname(file)}${sep}.${path.slice(path.lastIndexOf('/') + 1)}.part`
}

/** @throws {PlaceError} for a link, and for a file with a second name, which writing would change too */
export async function openPart(part: string): Promise<{ handle: FileHandle; have: number }> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK
  let handle
  try {
    handle = await open(part, flags, 0o600)
  } catch (fault) {
    if (systemCode(fault) === 'ELOOP') throw new PlaceError(`${part} is a symbolic link`)
    throw fault
  }
  const found = await handle.stat()
  if (found.isFile() && found.nlink === 1) return { handle, have: found.size }
  await handle.close()
  throw new PlaceError(`${part} is not a file of its own`)
}
