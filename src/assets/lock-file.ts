import { compareText } from '../text/order.ts'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseDocument, stringify } from 'yaml'
import { z } from 'zod'
import { error } from '../diagnostics/diagnostic.ts'
import { Refusal } from '../diagnostics/refusal.ts'
import { describeSystemError, isSystemError, systemCode } from '../files/system-error.ts'

/** A file as it was when it was fetched. */
export type LockedAsset = {
  path: string
  /** Its address; null if the operator put it there. */
  source: string | null
  size: number
  sha256: string
}

/**
 * The path of a profile's lock file: `assets.lock.yaml` next to `profile.yaml`; for a profile with another name, `NAME.assets.lock.yaml`,
 * as for the secrets bundle.
 */
export function lockFileOf(profile: string): string {
  const name = basename(profile).replace(/\.ya?ml$/i, '')
  return join(dirname(profile), name === 'profile' ? 'assets.lock.yaml' : `${name}.assets.lock.yaml`)
}

const schema = z.strictObject({
  hakubeAssets: z.literal(1),
  assets: z.array(
    z.strictObject({
      path: z.string(),
      source: z.string().nullable(),
      size: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})

/** Sorted by path, so that equal contents give equal bytes. */
export const lockText = (assets: readonly LockedAsset[]): string => {
  const sorted = assets.toSorted((one, other) => compareText(one.path, other.path))
  const head = '# Written by hakube assets. Keep it in git: later runs accept these files and no others.\n'
  return head + stringify({ hakubeAssets: 1, assets: sorted }, { lineWidth: 0 })
}

/**
 * Reads the lock file.
 *
 * @returns its rows by path; empty if there is no file yet
 * @throws {Refusal} when it cannot be read, or is not a lock file
 */
export async function readLock(file: string): Promise<Map<string, LockedAsset>> {
  let text
  try {
    text = await readFile(file, 'utf8')
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    if (systemCode(fault) === 'ENOENT') return new Map()
    throw new Refusal([error('assets/lock', `cannot read ${file}: ${describeSystemError(fault)}`)])
  }
  const document = parseDocument(text)
  const read = schema.safeParse(document.errors.length > 0 ? null : document.toJS())
  if (!read.success)
    throw new Refusal([
      error('assets/lock', `${file} is not a lock file of hakube`, {
        hint: 'restore it from git, or remove it and verify the files yourself',
      }),
    ])
  return new Map(read.data.assets.map((asset) => [asset.path, asset]))
}
