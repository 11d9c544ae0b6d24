import type { NeededAsset } from '../site/needed-assets.ts'
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { LoadedProfile } from '../profile/load.ts'
import { bundleFile } from '../secrets/vault.ts'
import { type Assets, openAsset, type SkippedAsset } from '../server/assets.ts'
import type { PrivatePath } from '../server/unfit-assets.ts'
import type { Context } from './context.ts'
import { keyFileOf } from './secrets/subject.ts'

/** What the folder of `--assets` must not hold: what the site is made from, and what opens it. */
export function privatePaths(context: Context, loaded: LoadedProfile | null): PrivatePath[] {
  const key = keyFileOf(context)
  const keys = key === null ? [] : [{ what: 'the age key', path: key.file }]
  if (!loaded) return [{ what: 'the rendered site', path: context.parameters[0] ?? '' }, ...keys]
  return [
    { what: 'the profile', path: loaded.file },
    ...[...loaded.bases.keys()].map((path) => ({ what: 'a base of the profile,', path })),
    { what: 'the secrets bundle', path: bundleFile(loaded.file) },
    ...keys,
  ]
}

/** A machine that gets no kernel says so on its own screen only, and nobody looks there. */
export function missingAssets(
  needed: readonly NeededAsset[],
  folder: string | null,
  { files }: Assets,
): string {
  const missing = needed.filter(({ path }) => !files.has(path))
  const lines = missing.map(({ path, source }) => `  ${path}  from ${source}\n`)
  if (lines.length === 0) return ''
  const where =
    folder === null ? 'and there is no --assets DIR to take them from' : `which are not in ${folder}`
  return `hakube: warning: machines will ask for these files, ${where}:\n${lines.join('')}`
}

/**
 * Names the needed files that are there and are not what machines want: empty ones, and those with another checksum than the
 * profile's, which every machine would fetch and refuse.
 *
 * @param stop ends the reading; what was found until then is returned
 */
export async function damagedAssets(
  needed: readonly NeededAsset[],
  assets: Assets,
  stop: AbortSignal,
): Promise<string> {
  const lines: string[] = []
  for (const { path, sha256 } of needed) {
    if (stop.aborted) break
    const open = await openAsset(assets, path)
    if (!open) continue
    if (open.size === 0) {
      await open.handle.close()
      lines.push(`assets/${path} is empty`)
    } else if (sha256 === null) await open.handle.close()
    else {
      const found = await hashOf(open.handle, stop)
      if (found !== null && found !== sha256)
        lines.push(
          `assets/${path} has sha256 ${found}, but the profile has ${sha256}: machines will refuse it`,
        )
    }
  }
  return lines.map((line) => `hakube: warning: ${line}\n`).join('')
}

/** Closes the file. Null when it was told to stop. */
async function hashOf(handle: FileHandle, stop: AbortSignal): Promise<string | null> {
  const hash = createHash('sha256')
  // Closes the handle at its end, also when the loop is left.
  const pieces: AsyncIterable<Buffer> = handle.createReadStream()
  for await (const piece of pieces) {
    if (stop.aborted) return null
    hash.update(piece)
  }
  return hash.digest('hex')
}

/** Enough to see what it is about. */
const shown = 10

const reasons = {
  link: 'is a link out of the folder or to nothing: not served',
  private: 'is not readable by others, so it is not served; chmod -R o+rX makes it readable',
} as const satisfies Record<SkippedAsset['why'], string>

/** What is in the folder and is not served. */
export function skippedAssets({ skipped }: Assets): string {
  const lines: string[] = []
  for (const why of ['link', 'private'] as const) {
    const names = skipped.filter((each) => each.why === why).map(({ name }) => name)
    for (const name of names.slice(0, shown)) lines.push(`assets/${name} ${reasons[why]}`)
    if (names.length > shown)
      lines.push(`${names.length - shown} more below assets/ are not served for the same reason`)
  }
  return lines.map((line) => `hakube: warning: ${line}\n`).join('')
}
