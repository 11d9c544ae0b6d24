import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemCode } from './system-error.ts'

/** A name that nobody else can predict. */
export const randomName = (): string => `${process.pid}.${randomBytes(8).toString('hex')}`

/** Whether a name is that of a draft of {@link writeWhole} that a killed process left next to a file. */
export const isDraftOf = (file: string, name: string): boolean =>
  name.startsWith(`.${basename(file)}.`) &&
  /^\d+\.(?:[0-9a-f]{16}\.)?new$/.test(name.slice(basename(file).length + 2))

/**
 * Writes a file atomically: to a draft next to it, to the disk, then to its path. Whatever is at the path, including a link, is replaced,
 * and unchanged until then. A link or file that was planted under the draft's name is neither followed nor written to (O_EXCL, open(2));
 * only its owner can open the draft until it has its mode.
 *
 * @throws a system error; then the draft was removed
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

/** Writes directory entries to the disk: otherwise a crash of the machine could restore a replaced file. */
export async function syncDirectory(directory: string): Promise<void> {
  let handle
  try {
    handle = await open(directory, 'r')
  } catch (fault) {
    // A directory may be writable but not readable; the file itself is on the disk.
    if (systemCode(fault) === 'EACCES') return
    throw fault
  }
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
