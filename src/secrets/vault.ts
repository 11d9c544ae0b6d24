import { refusal } from '../diagnostics/refusal.ts'
import { lstat, readdir, realpath, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLockDraft, type Lock, LockHeldError, takeLock } from '../files/lock.ts'
import { type FileReader, readIfThere, workTree } from '../files/reader.ts'
import { isDraftOf, writeWhole } from '../files/write-whole.ts'
import { decryptText, encryptText, type KeyFile, noKey, readIdentities } from './age.ts'
import { type Bundle, parseBundle, serializeBundle } from './bundle.ts'
import { asRefusal } from './system-refusal.ts'

/**
 * The path of a profile's bundle: `secrets.age` next to `profile.yaml`; for a profile with another name, `NAME.secrets.age`, because a
 * directory may contain several.
 */
export function bundleFile(profile: string): string {
  const name = basename(profile).replace(/\.ya?ml$/, '')
  return join(dirname(profile), name === 'profile' ? 'secrets.age' : `${name}.secrets.age`)
}

/** The bytes of the bundle; null if there is none. */
export async function readBundleFile(
  file: string,
  reader: FileReader = workTree,
): Promise<Uint8Array | null> {
  let bytes: Uint8Array | null
  try {
    bytes = await readIfThere(reader, file)
  } catch (fault) {
    throw asRefusal(fault, 'read', file)
  }
  // The link points to a missing file, e.g. in a submodule that is not checked out: a new bundle would belong to another cluster.
  if (!bytes && reader.commit === null && (await isLink(file)))
    throw refusal(
      'secrets/input-output',
      `cannot read ${file}: the target of this symbolic link does not exist`,
      {
        hint: 'restore its target, or remove the link',
      },
    )
  return bytes
}

async function isLink(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isSymbolicLink()
  } catch {
    return false
  }
}

/**
 * Opens a bundle.
 *
 * @param cluster the name of the cluster to which the bundle must belong
 * @throws Refusal
 */
export async function openBundle(
  bytes: Uint8Array,
  file: string,
  keyFile: KeyFile | null,
  cluster: string,
): Promise<Bundle> {
  if (!keyFile) throw noKey()
  const text = await decryptText(bytes, await readIdentities(keyFile), file)
  const bundle = parseBundle(text, file)
  if (bundle.cluster !== cluster)
    throw refusal(
      'secrets/other-cluster',
      `${file} holds the secrets of the cluster ${bundle.cluster}, but the profile is for ${cluster}`,
      { hint: 'each cluster needs its own bundle: a shared CA would grant each access to the other' },
    )
  return bundle
}

export type Writing = {
  /** The current bytes; null if there is no bundle. */
  bytes: Uint8Array | null
  /** Call it regularly during long operations. */
  refresh: () => void
  write: (bundle: Bundle) => Promise<void>
}

export type WaitOptions = {
  /** How long to wait for another hakube that is changing the bundle. */
  waitSeconds?: number
  onWait?: (holder: string | null) => void
}

/**
 * Changes a bundle, under a lock from reading to writing, so that no concurrent change is lost. The old file stays until the new one is
 * complete and on the disk.
 *
 * @throws Refusal, and whatever `work` throws; then nothing was written
 */
export async function changeBundle<Result>(
  file: string,
  work: (writing: Writing) => Promise<Result>,
  options: WaitOptions = {},
): Promise<Result> {
  const target = await followLinks(file)
  const lock = await waitForLock(target, options)
  try {
    await removeLeftovers(target)
    return await work({
      bytes: await readBundleFile(target),
      refresh: () => lock.refresh(),
      write: async (bundle) => write(target, await encryptText(serializeBundle(bundle), bundle.recipients)),
    })
  } finally {
    lock.release()
  }
}

/** Otherwise the rename would replace a symbolic link by the file. */
async function followLinks(file: string): Promise<string> {
  try {
    return await realpath(file)
  } catch {
    return file
  }
}

const lockFile = (file: string): string => join(dirname(file), `.${basename(file)}.lock`)

async function waitForLock(file: string, { waitSeconds = 60, onWait }: WaitOptions): Promise<Lock> {
  const end = Date.now() + waitSeconds * 1000
  for (let turn = 0; ; turn++) {
    try {
      return takeLock(lockFile(file))
    } catch (fault) {
      if (!(fault instanceof LockHeldError)) throw asRefusal(fault, 'lock', file)
      if (turn === 0) onWait?.(fault.holder)
      if (Date.now() >= end) {
        const who = fault.holder === null ? '' : ` (${fault.holder})`
        throw refusal('secrets/locked', `another hakube process is changing ${file}${who}`, {
          hint: 'wait until it has finished, then run this again; nothing was written',
        })
      }
      await sleep(100)
    }
  }
}

/** Removes what killed runs have left. It is encrypted and thus harmless; under the lock, nobody writes to it. */
async function removeLeftovers(file: string): Promise<void> {
  const start = `.${basename(file)}.`
  try {
    for (const name of await readdir(dirname(file)))
      if (
        isDraftOf(file, name) ||
        (name.startsWith(start) &&
          (await isLockLeftover(join(dirname(file), name), name.slice(start.length))))
      )
        await rm(join(dirname(file), name), { force: true })
  } catch (fault) {
    throw asRefusal(fault, 'clean up beside', file)
  }
}

/** Another process may be about to take the lock: its draft is recent. */
async function isLockLeftover(path: string, ending: string): Promise<boolean> {
  if (!isLockDraft(ending)) return false
  try {
    return Date.now() - (await stat(path)).mtimeMs > 60_000
  } catch {
    // It belonged to a running process, and is gone.
    return false
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeWhole(file, text, await modeOf(file))
  } catch (fault) {
    throw asRefusal(fault, 'write', file)
  }
}

/** A group that may read the old file may read the new one. */
async function modeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).mode & 0o777
  } catch {
    return 0o600
  }
}
