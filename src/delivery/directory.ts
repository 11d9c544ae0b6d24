import { mkdir, open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { error } from '../diagnostics/diagnostic.ts'
import { Refusal } from '../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { type About, type Delivery, manifestPath, manifestText } from './manifest.ts'

/**
 * Creates an empty directory.
 *
 * @throws Refusal if it contains anything, because files of two machines must not be mixed
 */
async function makeEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if ((await readdir(directory)).length === 0) return
  throw new Refusal([
    error('output/directory-in-use', `${directory} is not empty`, {
      hint: 'choose a directory that is empty or does not exist yet: files of two machines are never mixed',
    }),
  ])
}

/** @param mode on the machine; here, only the owner can read files that are secret */
async function writeNew(file: string, body: Buffer | string, mode: number): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(body)
    await handle.chmod(mode)
  } finally {
    await handle.close()
  }
}

/**
 * Writes what a machine receives as a tree in a directory that only its owner can enter. Modes are those on the machine. Owners are only
 * in the manifest, because the user names exist only on the machine.
 */
export async function writeTree(directory: string, delivery: Delivery, about: About): Promise<void> {
  try {
    await makeEmpty(directory)
    const files = [
      { path: manifestPath, mode: 0o600, body: Buffer.from(manifestText(delivery, about)) },
      ...delivery.files.map(({ path, mode, secret, body }) => {
        const bits = Number.parseInt(mode, 8)
        return { path, mode: secret ? bits & 0o700 : bits, body }
      }),
    ]
    for (const { path, mode, body } of files) {
      const file = join(directory, path)
      await mkdir(dirname(file), { recursive: true, mode: 0o755 })
      await writeNew(file, body, mode)
    }
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw new Refusal([
      error('site/input-output', `cannot write to ${directory}: ${describeSystemError(fault)}`),
    ])
  }
}
