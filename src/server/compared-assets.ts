import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { type Diagnostic, error } from '../diagnostics/diagnostic.ts'
import type { NeededAsset } from '../site/needed-assets.ts'
import { type Assets, openAsset } from './assets-directory.ts'

/** The state of a required file. `unverified`: it exists, but no checksum is known. `link` and `private`: as in SkippedAsset. */
export type AssetState = 'right' | 'unverified' | 'altered' | 'empty' | 'missing' | 'link' | 'private'

/** A required file and what the directory contains; `found` is the checksum of an altered file. */
export type ComparedAsset = NeededAsset & { size: number | null; state: AssetState; found?: string }

/**
 * Looks up all files that machines need among the assets, and hashes those with a known checksum.
 *
 * @param stop aborts the reading; the results up to then are returned
 */
export async function compareAssets(
  needed: readonly NeededAsset[],
  assets: Assets,
  stop: AbortSignal,
): Promise<ComparedAsset[]> {
  const compared: ComparedAsset[] = []
  for (const asset of needed) {
    if (stop.aborted) break
    const result = await compare(asset, assets, stop)
    if (result) compared.push({ ...asset, ...result })
  }
  return compared
}

type Result = Pick<ComparedAsset, 'size' | 'state' | 'found'>

async function compare(
  { path, sha256 }: NeededAsset,
  assets: Assets,
  stop: AbortSignal,
): Promise<Result | null> {
  const open = await openAsset(assets, path)
  if (!open) return { size: null, state: whyNotServed(assets, path) }
  const { size, handle } = open
  if (size > 0 && sha256 !== null) {
    const found = await hashOf(handle, stop)
    if (found === null) return null
    return found === sha256 ? { size, state: 'right' } : { size, state: 'altered', found }
  }
  await handle.close()
  return { size, state: size === 0 ? 'empty' : 'unverified' }
}

/** Directories that are not served have one entry for everything below them. */
const whyNotServed = ({ skipped }: Assets, path: string): AssetState =>
  skipped.find(({ name }) => path === name || path.startsWith(`${name.replace(/\/$/, '')}/`))?.why ??
  'missing'

/** The SHA-256 of a file; null if aborted. Closes the file. */
async function hashOf(handle: FileHandle, stop: AbortSignal): Promise<string | null> {
  const hash = createHash('sha256')
  // The stream closes the handle at its end, and when the loop is left early.
  const pieces: AsyncIterable<Buffer> = handle.createReadStream()
  for await (const piece of pieces) {
    if (stop.aborted) return null
    hash.update(piece)
  }
  return hash.digest('hex')
}

/** @param directory the value of `--assets`; null without one */
export const assetDiagnostics = (
  compared: readonly ComparedAsset[],
  directory: string | null,
): Diagnostic[] => compared.flatMap((asset) => diagnose(asset, directory) ?? [])

function diagnose(
  { what, path, source, sha256, from, state, found }: ComparedAsset,
  directory: string | null,
): Diagnostic | null {
  const place = from ? { path: from } : {}
  const take = { ...place, hint: `take it from ${source}` }
  switch (state) {
    case 'right':
    case 'unverified':
      return null
    case 'missing': {
      const where =
        directory === null ? 'there is no --assets DIR to take it from' : `it is not in ${directory}`
      return error('assets/missing', `machines will ask for assets/${path} (${what}), and ${where}`, take)
    }
    case 'empty':
      return error('assets/empty', `assets/${path} (${what}) is empty`, take)
    case 'altered':
      return error(
        'assets/altered',
        `assets/${path} (${what}) has sha256 ${found}, but the profile has ${sha256}: machines will refuse it`,
        take,
      )
    case 'link':
      return error(
        'assets/not-served',
        `assets/${path} (${what}) is a broken link or a link out of the directory, so no machine gets it`,
        { ...place, hint: 'put the file itself there, or a link to a file inside the directory' },
      )
    case 'private':
      return error(
        'assets/not-served',
        `assets/${path} (${what}) is not readable by others, so no machine gets it`,
        { ...place, hint: `chmod -R o+rX ${directory}` },
      )
    default:
      return state satisfies never
  }
}
