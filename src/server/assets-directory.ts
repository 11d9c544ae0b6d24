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

/** Not served: `link` leads out of the directory or nowhere; what is `private`, users of this machine may not read either. */
export type SkippedAsset = { name: string; why: 'link' | 'private' }

/**
 * The files of `--assets DIR`, by the path that a client writes after `/assets/`. A request only ever looks up a name in
 * this list; no path of a request is joined to a directory.
 */
export type Assets = {
  /** Name to real path. */
  files: ReadonlyMap<string, string>
  skipped: readonly SkippedAsset[]
}

export const noAssets: Assets = { files: new Map(), skipped: [] }

export type OpenAsset = Validators & { handle: FileHandle; size: number }

/** Links between directories can multiply files without end. */
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
 * Lists the regular files below a directory, hidden ones too (Anaconda reads `.treeinfo`). Links are followed as long as they
 * stay in the directory, so `current -> rocky-9.6` works. A directory is listed while it is held open, so that one that is replaced by a
 * link meanwhile shows nothing of where that leads.
 *
 * @param keepOut what must not be in it, besides all that looks like a key, a repository or a rendered site
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
    // Above itself it would lead round in a circle.
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
          // A link to nothing; gone, or something else, since the directory was read; or this process itself may not read it.
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
