import { open, realpath, stat } from 'node:fs/promises'
import { constants, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { systemCode } from './system-error.ts'

export type FileKind = 'file' | 'directory' | 'other'

/** The contents of a file, or its size if that exceeds the limit. */
export type Content = { bytes: Uint8Array } | { tooLarge: number }

/**
 * Reads files: from the working tree, or from a commit as if it were checked out. Paths are absolute or relative to the current
 * directory. Files that cannot be read cause an error with a system error code (`ENOENT`, `EISDIR`, …).
 */
export type FileReader = {
  /** The full commit of the files; null for the working tree. */
  commit: string | null
  /** The absolute path with all links followed. */
  realPath(path: string): Promise<string>
  stat(path: string): Promise<{ kind: FileKind; size: number }>
  read(path: string, mostBytes: number): Promise<Content>
  /** Top directory of the git repository that contains a directory; null if there is none. */
  repository(directory: string): Promise<string | null>
}

/** A file that does not exist, or is not a regular file. */
export class FileError extends Error {
  readonly code: string
  constructor(code: string, path: string) {
    super(`${code}: ${path}`)
    this.code = code
  }
}

/** Code of {@link FileError} for a file in a submodule, of which the commit contains only the name. */
export const inSubmodule = 'ESUBMODULE'

/** Code of {@link FileError} for a named pipe, a device or a socket: reading it could block, or have an effect. */
export const notRegular = 'ENOTREGULAR'

/** Code of {@link FileError} for a file that is larger than any of its kind. */
export const tooLong = 'EFBIG'

const chunkSize = 1024 * 1024

/** Files that a shell passes (`<(age -d KEYS.age)`, `/dev/stdin`) are already open and have a writer. */
const isHandedOver = (path: string): boolean =>
  /^\/(?:dev\/(?:stdin$|fd\/\d+$)|proc\/self\/fd\/\d+$)/.test(path)

async function read(path: string, mostBytes: number): Promise<Content> {
  // O_NONBLOCK: opening a named pipe must not wait for a writer.
  const handle = await open(path, isHandedOver(path) ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const about = await handle.stat()
    if (about.isDirectory()) throw new FileError('EISDIR', path)
    if (!about.isFile() && !isHandedOver(path)) throw new FileError(notRegular, path)
    if (about.size > mostBytes) return { tooLarge: about.size }
    // The size of a pipe is not known in advance.
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

/** Reads files of the working tree. */
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
      // `.git` is a file in linked working trees and submodules.
      if (existsSync(join(at, '.git'))) return at
      if (at === dirname(at)) return null
    }
  },
}

/** More than any bundle or key: the bundle of 10,000 machines is less than half as large. */
const mostSecretBytes = 256 * 1024 * 1024

/** Reads a whole file into memory. */
export async function readWhole(reader: FileReader, path: string): Promise<Uint8Array> {
  const content = await reader.read(path, mostSecretBytes)
  if ('bytes' in content) return content.bytes
  throw new FileError(tooLong, path)
}

/** The bytes of a file; null if it does not exist. Throws other errors. */
export async function readIfThere(reader: FileReader, path: string): Promise<Uint8Array | null> {
  try {
    return await readWhole(reader, path)
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return null
    throw fault
  }
}
