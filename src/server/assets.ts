import { constants } from 'node:fs'
import { open, readdir, realpath, stat, type FileHandle } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { error } from '../diagnostics/diagnostic.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { SiteError } from '../site/site-error.ts'
import type { Validators } from './ranges.ts'

/**
 * The files of `--assets DIR`, by the path that a client writes after `/assets/`. A request only ever looks up a name in
 * this list; no path of a request is joined to a folder.
 */
export type Assets = {
  /** Name to real path. */
  files: ReadonlyMap<string, string>
  /** Links that lead out of the folder or nowhere; they are not served. */
  skipped: readonly string[]
}

export const noAssets: Assets = { files: new Map(), skipped: [] }

export type OpenAsset = Validators & { handle: FileHandle; size: number }

/** Links between folders can multiply files without end. */
const mostFiles = 1_000_000

const isGone = (fault: unknown): boolean =>
  isSystemError(fault) && ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(fault.code)

const failed = (path: string, reason: string): SiteError =>
  new SiteError([error('serve/assets', `cannot serve assets from ${path}: ${reason}`)])

/**
 * Lists the regular files below a folder, hidden ones too (Anaconda reads `.treeinfo`). Links are followed as long as they
 * stay in the folder, so `current -> rocky-9.6` works.
 *
 * @throws SiteError for a folder that cannot be read
 */
export async function indexAssets(directory: string): Promise<Assets> {
  const files = new Map<string, string>()
  const skipped: string[] = []
  let top: string
  try {
    top = await realpath(directory)
  } catch (fault) {
    throw isSystemError(fault) ? failed(directory, describeSystemError(fault)) : fault
  }
  const inside = top.endsWith(sep) ? top : top + sep

  const addLink = async (name: string, path: string, above: readonly string[]): Promise<void> => {
    let target: string
    try {
      target = await realpath(path)
    } catch (fault) {
      if (!isGone(fault)) throw fault
      skipped.push(name)
      return
    }
    const stats = await stat(target)
    // Above itself it would lead round in a circle.
    if (!target.startsWith(inside) || above.includes(target)) skipped.push(name)
    else if (stats.isDirectory()) await walk(target, `${name}/`, [...above, target])
    else if (stats.isFile()) files.set(name, target)
  }

  const walk = async (folder: string, prefix: string, above: readonly string[]): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const name = prefix + entry.name
      const path = join(folder, entry.name)
      if (entry.isFile()) files.set(name, path)
      else if (entry.isDirectory()) await walk(path, `${name}/`, [...above, path])
      else if (entry.isSymbolicLink()) await addLink(name, path, above)
      if (files.size > mostFiles) throw failed(directory, `it has more than ${mostFiles} files`)
    }
  }

  try {
    await walk(top, '', [top])
  } catch (fault) {
    throw isSystemError(fault) ? failed(fault.path ?? directory, describeSystemError(fault)) : fault
  }
  return { files, skipped: skipped.toSorted() }
}

/**
 * Opens an asset by its name. Size, date and tag are those of the file that was opened, so a file that was replaced since
 * the listing is served whole and right.
 *
 * @returns null for a name that is not listed, or no longer a regular file in its place
 */
export async function openAsset(assets: Assets, name: string): Promise<OpenAsset | null> {
  const file = assets.files.get(name)
  if (file === undefined) return null
  let handle: FileHandle | null = null
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stats = await handle.stat({ bigint: true })
    // A folder on the way may have become a link since the listing.
    if (stats.isFile() && (await realpath(file)) === file) {
      const etag = `"${stats.size.toString(16)}-${stats.mtimeNs.toString(16)}-${stats.ino.toString(16)}"`
      return { handle, size: Number(stats.size), modified: stats.mtime, etag }
    }
  } catch (fault) {
    await handle?.close()
    if (isGone(fault)) return null
    throw fault
  }
  await handle.close()
  return null
}
