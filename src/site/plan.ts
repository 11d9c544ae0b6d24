import { closeSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { error, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { brokenFolderAbove, foldersAbove, openRegular, readFully, standing, vanishesWith } from './folder.ts'
import { manifestName, parseManifest } from './manifest.ts'
import { attempt, SiteError } from './site-error.ts'
import { readJournal, workspaceName, type Workspace } from './workspace.ts'

/** Paths below the output folder, sorted; `changed` includes files whose mode alone was wrong. */
export type WriteReport = { created: string[]; changed: string[]; removed: string[]; unchanged: number }

/** Paths that an earlier render wrote: those of the manifest, and those of a run that was killed before it had written one. */
export type Owned = { manifest: ReadonlySet<string>; journal: ReadonlySet<string> }

/** What a run found out and is going to do; nothing in the site's place is touched before all of it is known. */
export type Plan = {
  directory: string
  force: boolean
  owned: Owned
  /** Null when nothing is to be written. */
  workspace: Workspace | null
  staged: { path: string; name: string }[]
  modes: { path: string; mode: number }[]
  /** Files of an earlier render that the site no longer has: all that are known, and those that are there. */
  stale: { known: string[]; there: string[] }
  report: WriteReport
  /** Why the run is refused. */
  obstacles: { path: string; why: string; hint: string }[]
  /** Folders where a file goes, and files where a folder goes: in order if an earlier render's files are all there is. */
  inTheWay: Map<string, { kind: 'folder' | 'file'; wanted: string }>
  /** Folders that were seen to be real. */
  folders: Set<string>
  scratch: Buffer
}

const obstaclesShown = 10

const otherFolder =
  'name an empty folder, or use --force: it overwrites what has the name of a site file and leaves the rest'

const isOwned = (owned: Owned, path: string): boolean => owned.manifest.has(path) || owned.journal.has(path)

/**
 * Looks up what hakube wrote into a folder before.
 *
 * @throws SiteError when the folder is somebody else's: it holds things and no manifest of ours; not with `force`
 */
export function findOwned(directory: string, force: boolean): Owned {
  const journal = new Set(readJournal(directory))
  const file = join(directory, manifestName)
  if (standing(file) === 'file') {
    const text = attempt('read', file, () => readFileSync(file, 'utf8'))
    try {
      const { files } = parseManifest(text, file)
      return { manifest: new Set([...files.map(({ path }) => path), manifestName]), journal }
    } catch (fault) {
      if (!(fault instanceof SiteError)) throw fault
      // Whoever is told so by a render would render in vain.
      if (!force) throw new SiteError(fault.diagnostics.map((each) => ({ ...each, hint: otherFolder })))
    }
  }
  const other = attempt('read', directory, () => readdirSync(directory)).find(
    (name) => name !== workspaceName,
  )
  if (other !== undefined && journal.size === 0 && !force) {
    throw new SiteError([
      error(
        'output/not-empty',
        `${directory} holds ${other}, and no ${manifestName} says that hakube wrote it`,
        {
          hint: otherFolder,
        },
      ),
    ])
  }
  return { manifest: new Set(), journal }
}

/** Notes that something foreign has the place of a site file. */
function meetForeign(plan: Plan, path: string, why: string): void {
  if (plan.force) return
  plan.obstacles.push({
    path,
    why: `${why}, and a file of the site goes there`,
    hint: 'move it away, or use --force to overwrite it',
  })
}

/** Compares with what is on disk; opens each file once and reads it only when its length fits. */
function compare(
  plan: Plan,
  path: string,
  body: Buffer,
  mode: number,
): 'same' | 'mode' | 'different' | 'new' {
  const broken = brokenFolderAbove(plan.directory, path, plan.folders)
  if (broken !== null) {
    plan.inTheWay.set(broken, { kind: 'file', wanted: path })
    return 'new'
  }
  // In a folder that is not there is no file: to be told so by a failed open, thousands of times, takes much longer.
  if (!plan.folders.has(dirname(path))) return 'new'
  const opened = openRegular(join(plan.directory, path))
  if (opened === 'nothing') return 'new'
  if (opened === 'folder') {
    plan.inTheWay.set(path, { kind: 'folder', wanted: path })
    return 'new'
  }
  if (typeof opened === 'string') {
    meetForeign(plan, path, opened === 'link' ? 'is a symbolic link' : 'is no regular file')
    return 'different'
  }
  try {
    if (!isOwned(plan.owned, path)) meetForeign(plan, path, 'was not written by hakube')
    // Whoever owns a file may read it, whatever its mode is.
    const isPrivate = (mode & 0o077) === 0
    if (isPrivate && opened.stats.uid !== (process.geteuid?.() ?? opened.stats.uid)) return 'different'
    if (opened.stats.size !== body.length) return 'different'
    if (plan.scratch.length < body.length) plan.scratch = Buffer.allocUnsafe(body.length * 2)
    const count = readFully(opened.descriptor, plan.scratch, body.length)
    if (count !== body.length || body.compare(plan.scratch, 0, count) !== 0) return 'different'
    return (opened.stats.mode & 0o7777) === mode ? 'same' : 'mode'
  } finally {
    closeSync(opened.descriptor)
  }
}

/** Finds out what is to be done for a file; where it differs from what is on disk, its bytes go to the workspace. */
export function planFile(plan: Plan, path: string, body: Buffer, mode: number): void {
  const whole = join(plan.directory, path)
  const found = attempt('read', whole, () => compare(plan, path, body, mode))
  if (found === 'same') {
    plan.report.unchanged++
    return
  }
  plan.report[found === 'new' ? 'created' : 'changed'].push(path)
  if (found === 'mode') {
    plan.modes.push({ path, mode })
    return
  }
  const { workspace } = plan
  if (!workspace || plan.obstacles.length > 0) return
  plan.staged.push({ path, name: attempt('write', whole, () => workspace.stage(body, mode)) })
}

/** Finds the files of an earlier render that the site no longer has. Only regular files in real folders are ours. */
export function planRemovals(plan: Plan, current: ReadonlySet<string>): void {
  const { manifest, journal } = plan.owned
  const known = [...new Set([...manifest, ...journal])]
    .filter((path) => path !== manifestName && !current.has(path))
    .toSorted()
  const there = known.filter((path) => {
    const whole = join(plan.directory, path)
    return attempt(
      'read',
      whole,
      () => brokenFolderAbove(plan.directory, path, plan.folders) === null && standing(whole) === 'file',
    )
  })
  plan.stale = { known, there }
  plan.report.removed = there
}

/** Looks again at what stood in the way, now that it is known which files of an earlier render go. */
export function settleWhatIsInTheWay(plan: Plan): void {
  if (plan.inTheWay.size === 0) return
  const gone = new Set(plan.stale.there)
  const ours = new Set(plan.stale.known.flatMap(foldersAbove))
  for (const [path, { kind, wanted }] of plan.inTheWay) {
    const whole = join(plan.directory, path)
    const goes = attempt('read', whole, () =>
      kind === 'folder' ? vanishesWith(plan.directory, path, gone, ours) : gone.has(path),
    )
    if (goes) continue
    const why =
      kind === 'folder'
        ? 'is a folder, and a file of the site goes there'
        : `is ${standing(whole) === 'link' ? 'a symbolic link' : 'no folder'}, and ${wanted} goes below it`
    plan.obstacles.push({ path, why, hint: 'move it away' })
  }
}

/** Below it are files that hakube serves and does not make; a site behind another web server has them here. */
const assetsFolder = 'assets'

/** Finds what is not hakube's, a folder without what is in it. It would be served with the site, and may be there by mistake. */
export function planStrangers(plan: Plan, current: ReadonlySet<string>): void {
  if (plan.force || plan.obstacles.length > 0) return
  const known = new Set([...current, ...plan.owned.manifest, ...plan.owned.journal, manifestName])
  const folders = new Set([...known].flatMap(foldersAbove))
  const visit = (folder: string): void => {
    const whole = join(plan.directory, folder)
    for (const entry of attempt('read', whole, () => readdirSync(whole, { withFileTypes: true }))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (path === workspaceName || path === assetsFolder || known.has(path)) continue
      if (entry.isDirectory() && folders.has(path)) visit(path)
      else {
        const hint = 'move it away, or use --force: it stays as it is'
        plan.obstacles.push({ path, why: 'was not written by hakube', hint })
      }
    }
  }
  visit('')
}

/** The refusal, with the first obstacles by name. */
export function refusal(plan: Plan): SiteError {
  const diagnostics: Diagnostic[] = plan.obstacles
    .slice(0, obstaclesShown)
    .map(({ path, why, hint }) =>
      error('output/foreign-file', `${join(plan.directory, path)} ${why}`, { hint }),
    )
  const more = plan.obstacles.length - diagnostics.length
  if (more > 0) diagnostics.push(error('output/foreign-file', `${more} more are not hakube's`))
  return new SiteError(diagnostics)
}
