import { Refusal } from '../diagnostics/refusal.ts'
import { closeSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { error, type Diagnostic } from '../diagnostics/diagnostic.ts'
import {
  brokenDirectoryAbove,
  directoriesAbove,
  openRegular,
  readFully,
  entryKind,
  vanishesWith,
} from './directory.ts'
import { manifestName, parseManifest } from './manifest.ts'
import { attempt } from './attempt.ts'
import { readJournal, workspaceName, type Workspace } from './workspace.ts'

/** Paths relative to the output directory, sorted; `changed` includes files of which only the mode differed. */
export type WriteReport = { created: string[]; changed: string[]; removed: string[]; unchanged: number }

/** Paths that an earlier render wrote: those in the manifest, and those of a run that was killed before it wrote one. */
export type Owned = { manifest: ReadonlySet<string>; journal: ReadonlySet<string> }

/** The changes that a run is going to make. Nothing in the site is touched before the plan is complete. */
export type Plan = {
  directory: string
  force: boolean
  owned: Owned
  /** Null if nothing will be written. */
  workspace: Workspace | null
  staged: { path: string; name: string }[]
  modes: { path: string; mode: number }[]
  /** Files of an earlier render that the site no longer contains: all known ones, and those that exist. */
  stale: { known: string[]; there: string[] }
  report: WriteReport
  /** Reasons for refusing the run. */
  obstacles: { path: string; why: string; hint: string }[]
  /**
   * Directories in the place of a file, and files in the place of a directory. Acceptable if they only contain files of an earlier
   * render.
   */
  inTheWay: Map<string, { kind: 'directory' | 'file'; wanted: string }>
  /** Directories that were verified to be real ones. */
  directories: Set<string>
  scratch: Buffer
}

const obstaclesShown = 10

const otherDirectory =
  'choose an empty directory, or use --force, which overwrites files that a site file replaces and keeps the others'

const isOwned = (owned: Owned, path: string): boolean => owned.manifest.has(path) || owned.journal.has(path)

/**
 * Finds the files that hakube wrote into a directory before.
 *
 * @throws Refusal when the directory belongs to someone else: it is not empty and has no manifest of hakube; not with `force`
 */
export function findOwned(directory: string, force: boolean): Owned {
  const journal = new Set(readJournal(directory))
  const file = join(directory, manifestName)
  if (entryKind(file) === 'file') {
    const text = attempt('read', file, () => readFileSync(file, 'utf8'))
    try {
      const { files } = parseManifest(text, file)
      return { manifest: new Set([...files.map(({ path }) => path), manifestName]), journal }
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault
      // Otherwise the render would be refused only at its end.
      if (!force) throw new Refusal(fault.diagnostics.map((each) => ({ ...each, hint: otherDirectory })))
    }
  }
  const other = attempt('read', directory, () => readdirSync(directory)).find(
    (name) => name !== workspaceName,
  )
  if (other !== undefined && journal.size === 0 && !force) {
    throw new Refusal([
      error('output/not-empty', `${directory} contains ${other}, but no ${manifestName} of hakube`, {
        hint: otherDirectory,
      }),
    ])
  }
  return { manifest: new Set(), journal }
}

/** Records that something foreign is in the place of a site file. */
function noteForeign(plan: Plan, path: string, why: string): void {
  if (plan.force) return
  plan.obstacles.push({
    path,
    why: `${why}, but a file of the site belongs there`,
    hint: 'move it, or use --force to overwrite it',
  })
}

/** Compares with the file on disk; opens it once, and reads it only if its size matches. */
function compare(
  plan: Plan,
  path: string,
  body: Buffer,
  mode: number,
): 'same' | 'mode' | 'different' | 'new' {
  const broken = brokenDirectoryAbove(plan.directory, path, plan.directories)
  if (broken !== null) {
    plan.inTheWay.set(broken, { kind: 'file', wanted: path })
    return 'new'
  }
  // A missing directory contains no files; thousands of failing opens would take much longer.
  if (!plan.directories.has(dirname(path))) return 'new'
  const opened = openRegular(join(plan.directory, path))
  if (opened === 'nothing') return 'new'
  if (opened === 'directory') {
    plan.inTheWay.set(path, { kind: 'directory', wanted: path })
    return 'new'
  }
  if (typeof opened === 'string') {
    noteForeign(plan, path, opened === 'link' ? 'is a symbolic link' : 'is not a regular file')
    return 'different'
  }
  try {
    if (!isOwned(plan.owned, path)) noteForeign(plan, path, 'was not written by hakube')
    // The owner may read the file, whatever its mode.
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

/** Plans one file; if it differs from the file on disk, its bytes go to the workspace. */
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

/** Finds the files of an earlier render that the site no longer contains. Only regular files in real directories are removed. */
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
      () =>
        brokenDirectoryAbove(plan.directory, path, plan.directories) === null && entryKind(whole) === 'file',
    )
  })
  plan.stale = { known, there }
  plan.report.removed = there
}

/** Checks the obstacles again, once it is known which files of an earlier render will be removed. */
export function settleWhatIsInTheWay(plan: Plan): void {
  if (plan.inTheWay.size === 0) return
  const gone = new Set(plan.stale.there)
  const ours = new Set(plan.stale.known.flatMap(directoriesAbove))
  for (const [path, { kind, wanted }] of plan.inTheWay) {
    const whole = join(plan.directory, path)
    const goes = attempt('read', whole, () =>
      kind === 'directory' ? vanishesWith(plan.directory, path, gone, ours) : gone.has(path),
    )
    if (goes) continue
    const why =
      kind === 'directory'
        ? 'is a directory, but a file of the site belongs there'
        : `is ${entryKind(whole) === 'link' ? 'a symbolic link' : 'not a directory'}, and ${wanted} goes below it`
    plan.obstacles.push({ path, why, hint: 'move it' })
  }
}

/** Contains files that hakube serves but does not make; a site behind another web server has them here. */
const assetsDirectory = 'assets'

/** Finds files and directories that hakube did not write. They would be served with the site, and may be there by mistake. */
export function planStrangers(plan: Plan, current: ReadonlySet<string>): void {
  if (plan.force || plan.obstacles.length > 0) return
  const known = new Set([...current, ...plan.owned.manifest, ...plan.owned.journal, manifestName])
  const directories = new Set([...known].flatMap(directoriesAbove))
  const visit = (directory: string): void => {
    const whole = join(plan.directory, directory)
    for (const entry of attempt('read', whole, () => readdirSync(whole, { withFileTypes: true }))) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`
      if (path === workspaceName || path === assetsDirectory || known.has(path)) continue
      if (entry.isDirectory() && directories.has(path)) visit(path)
      else {
        const hint = 'move it, or use --force, which keeps it unchanged'
        plan.obstacles.push({ path, why: 'was not written by hakube', hint })
      }
    }
  }
  visit('')
}

/** The refusal, which lists the first obstacles. */
export function refusalOf(plan: Plan): Refusal {
  const diagnostics: Diagnostic[] = plan.obstacles
    .slice(0, obstaclesShown)
    .map(({ path, why, hint }) =>
      error('output/foreign-file', `${join(plan.directory, path)} ${why}`, { hint }),
    )
  const more = plan.obstacles.length - diagnostics.length
  if (more > 0)
    diagnostics.push(error('output/foreign-file', `${more} more files were not written by hakube`))
  return new Refusal(diagnostics)
}
