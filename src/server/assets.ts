import { lstat, realpath, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { error } from '../diagnostics/diagnostic.ts'
import { isOutside } from '../files/outside.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { SiteError } from '../site/site-error.ts'
import { openFolder, openInPlace } from './folder-handle.ts'
import type { Validators } from './ranges.ts'
import { isForAll, openToAll } from './readable.ts'
import { fileId, findPrivate, type PrivatePath, secretIn, unfitFolder, unfitPlace } from './unfit-assets.ts'

/** Not served: `link` leads out of the folder or nowhere; what is `private`, users of this machine may not read either. */
export type SkippedAsset = { name: string; why: 'link' | 'private' }

/**
 * The files of `--assets DIR`, by the path that a client writes after `/assets/`. A request only ever looks up a name in
 * this list; no path of a request is joined to a folder.
 */
export type Assets = {
  /** Name to real path. */
  files: ReadonlyMap<string, string>
  skipped: readonly SkippedAsset[]
}

export const noAssets: Assets = { files: new Map(), skipped: [] }

export type OpenAsset = Validators & { handle: FileHandle; size: number }

/** Links between folders can multiply files without end. */
const mostFiles = 1_000_000

const isGone = (fault: unknown): boolean =>
  isSystemError(fault) && ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES'].includes(fault.code)

const isRefused = (fault: unknown): boolean => isSystemError(fault) && fault.code === 'EACCES'

const failed = (path: string, reason: string, hint?: string): SiteError =>
  new SiteError([
    error('serve/assets', `cannot serve assets from ${path}: ${reason}`, hint === undefined ? {} : { hint }),
  ])

const unfit = (path: string, reason: string): SiteError =>
  failed(
    path,
    reason,
    'whoever is in the network can read all that is in there: give a folder with kernels, initial RAM disks and images alone',
  )

/**
 * Lists the regular files below a folder, hidden ones too (Anaconda reads `.treeinfo`). Links are followed as long as they
 * stay in the folder, so `current -> rocky-9.6` works. A folder is listed while it is held open, so that one that is replaced by a
 * link meanwhile shows nothing of where that leads.
 *
 * @param keepOut what must not be in it, besides all that looks like a key, a repository or a rendered site
 * @throws SiteError for a folder that cannot be read, or that machines must not see
 */
export async function indexAssets(directory: string, keepOut: readonly PrivatePath[] = []): Promise<Assets> {
  const files = new Map<string, string>()
  const skipped: SkippedAsset[] = []
  const known = await findPrivate(keepOut)
  let top: string
  try {
    top = await realpath(directory)
  } catch (fault) {
    throw isSystemError(fault) ? failed(directory, describeSystemError(fault)) : fault
  }
  const reason = await unfitPlace(top, known)
  if (reason !== null) throw unfit(directory, reason)
  const isOpen = openToAll(top)

  const add = async (name: string, place: string, at: string): Promise<void> => {
    const stats = await lstat(at)
    const own = known.find(({ id }) => id === fileId(stats))
    if (own) throw unfit(directory, `it holds ${own.what} ${own.path} as ${name}`)
    if (!stats.isFile()) return
    if (!isForAll(stats)) {
      skipped.push({ name, why: 'private' })
      return
    }
    const secret = await secretIn(at, name, stats.size)
    if (secret !== null) throw unfit(directory, `it holds ${secret}, ${name}`)
    files.set(name, place)
    if (files.size > mostFiles) throw failed(directory, `it has more than ${mostFiles} files`)
  }

  const addLink = async (name: string, path: string, above: readonly string[]): Promise<void> => {
    const target = await realpath(path)
    const stats = await stat(target)
    // Above itself it would lead round in a circle.
    if (isOutside(top, target) || above.includes(target)) skipped.push({ name, why: 'link' })
    else if (!(await isOpen(stats.isDirectory() ? target : dirname(target))))
      skipped.push({ name, why: 'private' })
    else if (stats.isDirectory()) await walk(target, `${name}/`, [...above, target])
    else if (stats.isFile()) await add(name, target, target)
  }

  const walk = async (path: string, prefix: string, above: readonly string[]): Promise<void> => {
    const folder = await openFolder(path)
    if (!folder) {
      if (path === top) throw failed(directory, 'it was replaced while it was listed')
      skipped.push({ name: prefix, why: 'link' })
      return
    }
    const { entries, at, close } = folder
    try {
      const names = entries.map(({ name }) => name)
      const kind = await unfitFolder(names, at)
      if (kind !== null) throw unfit(directory, `it holds ${kind}${prefix === '' ? '' : `, ${prefix}`}`)
      for (const entry of entries) {
        const name = prefix + entry.name
        const place = join(path, entry.name)
        try {
          if (entry.isFile()) await add(name, place, at(entry.name))
          else if (entry.isSymbolicLink()) await addLink(name, place, above)
          else if (!entry.isDirectory()) continue
          else if (await isOpen(place)) await walk(place, `${name}/`, [...above, place])
          else skipped.push({ name: `${name}/`, why: 'private' })
        } catch (fault) {
          // A link to nothing; gone, or something else, since the folder was read; or this process itself may not read it.
          if (!isGone(fault)) throw fault
          skipped.push({ name, why: isRefused(fault) ? 'private' : 'link' })
        }
      }
    } finally {
      await close()
    }
  }

  try {
    await walk(top, '', [top])
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    const path = fault.path?.startsWith('/proc/self/') === false ? fault.path : directory
    throw failed(path, describeSystemError(fault))
  }
  return { files, skipped: skipped.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
}

/** A file that is put in the place of another between two looks is right a moment later. */
const tries = 3

/**
 * Opens an asset by its name. Size, date and tag are those of the file that was opened, so a file that was replaced since
 * the listing is served whole and right.
 *
 * @returns null for a name that is not listed, or no longer a regular file in its place that all may read
 */
export async function openAsset(assets: Assets, name: string): Promise<OpenAsset | null> {
  const file = assets.files.get(name)
  if (file === undefined) return null
  for (let left = tries; left > 0; left--) {
    let handle: FileHandle | null
    try {
      handle = await openInPlace(file)
    } catch (fault) {
      if (isGone(fault)) return null
      throw fault
    }
    if (!handle) continue
    const stats = await handle.stat({ bigint: true })
    if (stats.isFile() && isForAll(stats)) {
      const etag = `"${stats.size.toString(16)}-${stats.mtimeNs.toString(16)}-${stats.ino.toString(16)}"`
      return { handle, size: Number(stats.size), modified: stats.mtime, etag }
    }
    await handle.close()
    return null
  }
  return null
}
