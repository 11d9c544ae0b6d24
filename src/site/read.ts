import { hash } from 'node:crypto'
import { closeSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { error, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { brokenFolderAbove, openRegular, readFully, standing } from './folder.ts'
import { manifestName, parseManifest } from './manifest.ts'
import { attempt, SiteError } from './site-error.ts'
import type { Manifest, ManifestEntry, SiteFile } from './site.ts'
import { readJournal } from './workspace.ts'

const filesPerTurn = 64

/** One file of the site, checked against its row of the manifest; or what is wrong with it. */
function readEntry(top: string, entry: ManifestEntry, folders: Set<string>): SiteFile | string {
  const broken = brokenFolderAbove(top, entry.path, folders)
  if (broken !== null)
    return `${broken} is ${standing(join(top, broken)) === 'link' ? 'a symbolic link' : 'no folder'}`
  const opened = openRegular(join(top, entry.path))
  if (opened === 'nothing') return 'is missing'
  if (typeof opened === 'string') return opened === 'link' ? 'is a symbolic link' : 'is no regular file'
  try {
    const { size } = opened.stats
    if (size !== entry.size) return `has ${size} bytes, the manifest says ${entry.size}`
    const body = Buffer.allocUnsafeSlow(size)
    if (readFully(opened.descriptor, body) !== size) return 'became shorter while it was read'
    // The bytes that are checked are the bytes that are served: no second read.
    if (hash('sha256', body) !== entry.sha256) return 'has not the bytes that the manifest says (sha256)'
    const { path, secret, contentType, machine } = entry
    return { path, secret, contentType, body, ...(machine === undefined ? {} : { machine }) }
  } finally {
    closeSync(opened.descriptor)
  }
}

/**
 * Reads a rendered site back into memory, every file checked for size and hash. Files that the manifest does not name are
 * not looked at. The manifest may be an enemy's: no path of it leaves the folder, no link is followed.
 *
 * @throws SiteError with everything that is wrong: no manifest, one of another version, files that differ from it
 */
export async function readSite(directory: string): Promise<{ manifest: Manifest; files: SiteFile[] }> {
  const top = attempt('read', directory, () => realpathSync(directory))
  const manifestFile = join(top, manifestName)
  if (standing(manifestFile) !== 'file') {
    throw new SiteError([
      error('site/manifest', `${directory} is no rendered site: it has no ${manifestName}`, {
        hint: `write one with: hakube render PROFILE --out ${directory}`,
      }),
    ])
  }
  const text = attempt('read', manifestFile, () => readFileSync(manifestFile, 'utf8'))
  const manifest = parseManifest(text, join(directory, manifestName))
  const unfinished = readJournal(top).length > 0
  const folders = new Set<string>(['.'])
  const files: SiteFile[] = []
  const faults: Diagnostic[] = []
  for (const [index, entry] of manifest.files.entries()) {
    const file = attempt('read', join(directory, entry.path), () => readEntry(top, entry, folders))
    if (typeof file === 'string') {
      const hint = unfinished
        ? 'a render was interrupted or is still running: render again'
        : 'render again; files of a site are not edited by hand'
      faults.push(error('site/damaged', `${join(directory, entry.path)}: ${file}`, { hint }))
    } else {
      files.push(file)
    }
    if (index % filesPerTurn === 0) await nextTurn()
  }
  if (faults.length > 0) throw new SiteError(faults)
  return { manifest, files }
}
