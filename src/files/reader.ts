import { open, realpath, stat } from 'node:fs/promises'
import { constants, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { systemCode } from './system-error.ts'

export type FileKind = 'file' | 'directory' | 'other'

/** What a file holds, or its size where that is more than was asked for. */
export type Content = { bytes: Uint8Array } | { tooLarge: number }

/**
 * Reads files: those of the working tree, or those of a commit as if it were checked out. Paths are absolute or relative to the
 * current directory. Whatever cannot be read throws an error with a code of the system (`ENOENT`, `EISDIR`, …).
 */
export type FileReader = {
  /** The commit that the files are of, in full; null for the working tree. */
  commit: string | null
  /** The absolute path with all links followed. */
  realPath(path: string): Promise<string>
  stat(path: string): Promise<{ kind: FileKind; size: number }>
  read(path: string, mostBytes: number): Promise<Content>
  /** Top directory of the git repository that a directory is in; null where it is in none. */
  repository(directory: string): Promise<string | null>
}

/** A file that is not there, or is no file. */
export class FileError extends Error {
  readonly code: string
  constructor(code: string, path: string) {
    super(`${code}: ${path}`)
    this.code = code
  }
}

/** What {@link FileError} says of a file of a commit that is in another repository: the commit has nothing but its name. */
export const inSubmodule = 'ESUBMODULE'

/** What {@link FileError} says of a named pipe, a device or a socket: to read it may take for ever, or do something. */
export const notRegular = 'ENOTREGULAR'

/** What {@link FileError} says of a file that is longer than all of its kind. */
export const tooLong = 'EFBIG'

const chunkSize = 1024 * 1024

/** What a shell hands over (`<(age -d KEYS.age)`, `/dev/stdin`) is open already, and someone writes to it. */
const isHandedOver = (path: string): boolean =>
  /^\/(?:dev\/(?:stdin$|fd\/\d+$)|proc\/self\/fd\/\d+$)/.test(path)

async function read(path: string, mostBytes: number): Promise<Content> {
  // O_NONBLOCK: to open a named pipe must not wait for a writer.
  const handle = await open(path, isHandedOver(path) ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const about = await handle.stat()
    if (about.isDirectory()) throw new FileError('EISDIR', path)
    if (!about.isFile() && !isHandedOver(path)) throw new FileError(notRegular, path)
    if (about.size > mostBytes) return { tooLarge: about.size }
    // Pipes have no size in advance.
    const chunks: Uint8Array[] = []
    let length = 0
    for (;;) {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(chunkSize), 0, chunkSize)
      if (bytesRead === 0) return { bytes: Buffer.concat(chunks) }
      chunks.push(buffer.subarray(0, bytesRead))
      length += bytesRead
      if (length > mostBytes) return { tooLarge: length }
    }
  } finally {
    await handle.close()
  }
}

/** Files as they are on the disk now. */
export const workTree: FileReader = {
  commit: null,
  realPath: (path) => realpath(path),
  async stat(path) {
    const about = await stat(path)
    const kind = about.isFile() ? 'file' : about.isDirectory() ? 'directory' : 'other'
    return { kind, size: about.size }
  },
  read,
  async repository(directory) {
    for (let at = resolve(directory); ; at = dirname(at)) {
      // A file in linked working trees and submodules.
      if (existsSync(join(at, '.git'))) return at
      if (at === dirname(at)) return null
    }
  },
}

/** More than any bundle or key: the bundle of 10,000 machines has less than half of it. */
const mostSecretBytes = 256 * 1024 * 1024

/** The whole of a file that is read into memory. */
export async function readWhole(reader: FileReader, path: string): Promise<Uint8Array> {
  const content = await reader.read(path, mostSecretBytes)
  if ('bytes' in content) return content.bytes
  throw new FileError(tooLong, path)
}

/** Bytes of a file; null when there is none. Other trouble is thrown. */
export async function readIfThere(reader: FileReader, path: string): Promise<Uint8Array | null> {
  try {
    return await readWhole(reader, path)
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return null
    throw fault
  }
}
