import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemCode } from './system-error.ts'

/** A name that nobody else can know before the file is there. */
export const randomName = (): string => `${process.pid}.${randomBytes(8).toString('hex')}`

/** Whether a name is that of a draft that a killed {@link writeWhole} left beside a file. */
export const isDraftOf = (file: string, name: string): boolean =>
  name.startsWith(`.${basename(file)}.`) &&
  /^\d+\.(?:[0-9a-f]{16}\.)?new$/.test(name.slice(basename(file).length + 2))

/**
 * Writes a file whole or not at all: beside its place, to the disk, then into its place. Whatever stands there before, also a
 * link, is replaced, and stays as it is until then. A link or file that someone planted under the name of the draft is neither
 * followed nor written to (O_EXCL, open(2)); only its owner can open the draft before it has its mode.
 *
 * @throws the error of the system; then there is no draft
 */
export async function writeWhole(
  file: string,
  content: string | AsyncIterable<Uint8Array>,
  mode: number,
): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomName()}.new`)
  const handle = await open(draft, 'wx', 0o600)
  try {
    try {
      if (typeof content === 'string') await handle.writeFile(content)
      else for await (const piece of content) await handle.writeFile(piece)
      await handle.chmod(mode)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (fault) {
    await rm(draft, { force: true })
    throw fault
  }
  await syncDirectory(dirname(file))
}

/** Brings names to the disk: without this a crash of the machine could bring a replaced file back. */
export async function syncDirectory(directory: string): Promise<void> {
  let handle
  try {
    handle = await open(directory, 'r')
  } catch (fault) {
    // One may write to a directory that one may not read; the file itself is on the disk.
    if (systemCode(fault) === 'EACCES') return
    throw fault
  }
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
