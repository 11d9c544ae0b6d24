import { compareText } from '../text/order.ts'
import { Refusal } from '../diagnostics/refusal.ts'
import { lstat, realpath, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { error } from '../diagnostics/diagnostic.ts'
import { isOutside } from '../files/outside.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { openDirectory, openInPlace } from './directory-handle.ts'
import type { Validators } from './ranges.ts'
import { isForAll, openToAll } from './readable.ts'
import {
  fileId,
  findPrivate,
  type PrivatePath,
  secretIn,
  unfitDirectory,
  unfitPlace,
} from './unfit-assets.ts'

/**
 * A file that is not served. `link`: it points outside the directory, or nowhere. `private`: users of this machine may not read it
 * either.
 */
export type SkippedAsset = { name: string; why: 'link' | 'private' }

/**
 * The files of `--assets DIR`, by the path that follows `/assets/`. A request only looks up a name in this list; no path from a request
 * is ever joined to a directory.
 */
export type Assets = {
  /** Name to real path. */
  files: ReadonlyMap<string, string>
  skipped: readonly SkippedAsset[]
}

export const noAssets: Assets = { files: new Map(), skipped: [] }

export type OpenAsset = Validators & { handle: FileHandle; size: number }

/** Links between directories could otherwise multiply files without end. */
const mostFiles = 1_000_000

const isGone = (fault: unknown): boolean =>
  isSystemError(fault) && ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES'].includes(fault.code)

const isRefused = (fault: unknown): boolean => isSystemError(fault) && fault.code === 'EACCES'

const failed = (path: string, reason: string, hint?: string): Refusal =>
  new Refusal([
    error('serve/assets', `cannot serve assets from ${path}: ${reason}`, hint === undefined ? {} : { hint }),
  ])

const hintFor = (fault: { code: string }): string | undefined =>
  fault.code === 'ENOENT'
    ? 'create the directory; hakube assets PROFILE --dir DIR does, and downloads most of the files'
    : undefined

const unfit = (path: string, reason: string): Refusal =>
  failed(
    path,
    reason,
    'anyone on the network can read its content: choose a directory that holds only kernels, initial RAM disks and images',
  )

/**
 * Lists the regular files below a directory, including hidden ones (Anaconda reads `.treeinfo`). Links are followed if they stay within
 * the directory, so `current -> rocky-9.6` works. Directories are held open while they are listed, so replacing one by a link reveals
 * nothing about its target.
 *
 * @param keepOut paths that must not be inside, in addition to everything that looks like a key, a repository or a rendered site
 * @throws Refusal for a directory that cannot be read, or that machines must not see
 */
export async function indexAssets(directory: string, keepOut: readonly PrivatePath[] = []): Promise<Assets> {
  const files = new Map<string, string>()
  const skipped: SkippedAsset[] = []
  const known = await findPrivate(keepOut)
  let top: string
  try {
    top = await realpath(directory)
  } catch (fault) {
    throw isSystemError(fault) ? failed(directory, describeSystemError(fault), hintFor(fault)) : fault
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
    // A link to one of its own parents would be a cycle.
    if (isOutside(top, target) || above.includes(target)) skipped.push({ name, why: 'link' })
    else if (!(await isOpen(stats.isDirectory() ? target : dirname(target))))
      skipped.push({ name, why: 'private' })
    else if (stats.isDirectory()) await walk(target, `${name}/`, [...above, target])
    else if (stats.isFile()) await add(name, target, target)
  }

  const walk = async (path: string, prefix: string, above: readonly string[]): Promise<void> => {
    const opened = await openDirectory(path)
    if (!opened) {
      if (path === top) throw failed(directory, 'it was replaced while it was being listed')
      skipped.push({ name: prefix, why: 'link' })
      return
    }
    const { entries, at, close } = opened
    try {
      const names = entries.map(({ name }) => name)
      const kind = await unfitDirectory(names, at)
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
          // A link to nothing, a file that has changed since the directory was read, or one that this process may not read.
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
  return { files, skipped: skipped.toSorted((a, b) => compareText(a.name, b.name)) }
}

/** A file that is replaced between two looks is consistent again a moment later. */
const tries = 3

/**
 * Opens an asset by name. Size, date and tag are those of the opened file, so a file that was replaced after the listing is served whole
 * and correctly.
 *
 * @returns null for a name that is not listed, or that is no longer a regular file in this directory that everyone may read
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
