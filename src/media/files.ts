import { createReadStream } from 'node:fs'
import { chmod, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { refusal } from '../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { writeWhole } from '../files/write-whole.ts'
import { epoch } from './programs.ts'

/** Writes files, readable by their owner only, into a directory that becomes an image. All get the fixed time of images. */
export async function putInto(
  directory: string,
  files: readonly { name: string; body: Uint8Array | string }[],
): Promise<void> {
  for (const { name, body } of files) {
    const file = join(directory, name)
    await writeFile(file, body)
    await chmod(file, 0o600)
    await utimes(file, epoch, epoch)
  }
  await utimes(directory, epoch, epoch)
}

/**
 * Copies a finished image to its destination, atomically.
 *
 * @throws Refusal if it cannot be written
 */
export async function writeImage(out: string, draft: string, mode: number): Promise<void> {
  try {
    await writeWhole(out, createReadStream(draft), mode)
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refusal('site/input-output', `cannot write ${out}: ${describeSystemError(fault)}`)
  }
}
