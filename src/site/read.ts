import { Refusal } from '../diagnostics/refusal.ts'
import { hash } from 'node:crypto'
import { closeSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { error, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { brokenDirectoryAbove, openRegular, readFully, entryKind } from './directory.ts'
import { manifestName, parseManifest } from './manifest.ts'
import { attempt } from './attempt.ts'
import type { Manifest, ManifestEntry, SiteFile } from './site.ts'
import { readJournal } from './workspace.ts'

const filesPerTurn = 64

/** One file of the site that matches its row of the manifest, or a description of the difference. */
function readEntry(top: string, entry: ManifestEntry, directories: Set<string>): SiteFile | string {
  const broken = brokenDirectoryAbove(top, entry.path, directories)
  if (broken !== null)
    return `${broken} is ${entryKind(join(top, broken)) === 'link' ? 'a symbolic link' : 'not a directory'}`
  const opened = openRegular(join(top, entry.path))
  if (opened === 'nothing') return 'is missing'
  if (typeof opened === 'string') return opened === 'link' ? 'is a symbolic link' : 'is not a regular file'
  try {
    const { size } = opened.stats
    if (size !== entry.size) return `has ${size} bytes instead of the ${entry.size} in the manifest`
    const body = Buffer.allocUnsafeSlow(size)
    if (readFully(opened.descriptor, body) !== size) return 'was truncated while it was read'
    // The verified bytes are the ones that are served; the file is not read again.
    if (hash('sha256', body) !== entry.sha256) return "does not match the manifest's SHA-256"
    const { path, secret, contentType, machine } = entry
    return { path, secret, contentType, body, ...(machine === undefined ? {} : { machine }) }
  } finally {
    closeSync(opened.descriptor)
  }
}

/**
 * Reads a rendered site into memory, and verifies the size and hash of every file. Files that the manifest does not contain are ignored.
 * The manifest is untrusted: no path leaves the directory, and links are not followed.
 *
 * @throws Refusal that lists everything that is wrong: no manifest, an unsupported version, files that differ from it
 */
export async function readSite(directory: string): Promise<{ manifest: Manifest; files: SiteFile[] }> {
  const top = attempt('read', directory, () => realpathSync(directory))
  const manifestFile = join(top, manifestName)
  if (entryKind(manifestFile) !== 'file') {
    throw new Refusal([
      error('site/manifest', `${directory} is not a rendered site: it has no ${manifestName}`, {
        hint: `create one with: hakube render PROFILE --out ${directory}`,
      }),
    ])
  }
  const text = attempt('read', manifestFile, () => readFileSync(manifestFile, 'utf8'))
  const manifest = parseManifest(text, join(directory, manifestName))
  const unfinished = readJournal(top).length > 0
  const directories = new Set<string>(['.'])
  const files: SiteFile[] = []
  const faults: Diagnostic[] = []
  for (const [index, entry] of manifest.files.entries()) {
    const file = attempt('read', join(directory, entry.path), () => readEntry(top, entry, directories))
    if (typeof file === 'string') {
      const hint = unfinished
        ? 'a render was interrupted or is still running: render again'
        : 'render again; do not edit the files of a site'
      faults.push(error('site/damaged', `${join(directory, entry.path)}: ${file}`, { hint }))
    } else {
      files.push(file)
    }
    if (index % filesPerTurn === 0) await nextTurn()
  }
  if (faults.length > 0) throw new Refusal(faults)
  return { manifest, files }
}
