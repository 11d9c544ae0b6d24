import { refusal } from '../diagnostics/refusal.ts'
import { realpathSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  makeDirectories,
  makeDirectoriesAbove,
  removeEmptyDirectoriesAbove,
  setMode,
  entryKind,
} from './directory.ts'
import { buildManifest, formatManifest, manifestEntry, manifestName, type SiteAbout } from './manifest.ts'
import {
  findOwned,
  planFile,
  planRemovals,
  planStrangers,
  refusalOf,
  settleWhatIsInTheWay,
  type Plan,
  type WriteReport,
} from './plan.ts'
import { attempt } from './attempt.ts'
import type { ManifestEntry, SiteFile } from './site.ts'
import { openWorkspace, workspaceName, type Workspace } from './workspace.ts'

export type { WriteReport } from './plan.ts'

export type WriteOptions = {
  /** Overwrites foreign files that are in the place of a site file. Other foreign files stay in any case. */
  force?: boolean
  /** Writes nothing, not even a lock; the report lists what would happen. */
  dryRun?: boolean
  /** Called after each file, with the number of files so far. */
  progress?: (files: number, file: SiteFile) => void
}

const filesPerTurn = 64

/** Only the owner can read secrets; everyone who may enter the directory can read the manifest and all other files. */
export const fileMode = (file: { secret: boolean }): number => (file.secret ? 0o600 : 0o644)

async function planSite(
  plan: Plan,
  files: Iterable<SiteFile>,
  about: SiteAbout,
  progress: WriteOptions['progress'],
): Promise<ReadonlySet<string>> {
  const entries: ManifestEntry[] = []
  for (const file of files) {
    entries.push(manifestEntry(file))
    planFile(plan, file.path, file.body, fileMode(file))
    progress?.(entries.length, file)
    if (entries.length % filesPerTurn === 0) {
      plan.workspace?.refresh()
      // Lets signals, timers and the terminal run.
      await nextTurn()
    }
  }
  const manifest = buildManifest(about, entries)
  planFile(plan, manifestName, Buffer.from(formatManifest(manifest)), fileMode({ secret: false }))
  const current = new Set(manifest.files.map(({ path }) => path))
  planRemovals(plan, current)
  settleWhatIsInTheWay(plan)
  return current
}

/** Paths that will belong to hakube, or still do, and that no manifest lists. */
const unlistedPaths = (plan: Plan, current: ReadonlySet<string>): string[] =>
  [...new Set([...plan.owned.journal, ...current])].filter((path) => !plan.owned.manifest.has(path))

/**
 * Moves all files to their places. A run may be killed at any step: each file is complete, old or new, and the next run knows every path
 * that belongs to hakube. The manifest was staged last and is moved last.
 */
async function commit(plan: Plan, workspace: Workspace, current: ReadonlySet<string>): Promise<void> {
  const { directory } = plan
  const unlisted = unlistedPaths(plan, current)
  if (unlisted.length > 0) {
    attempt('write to', join(directory, workspaceName), () => workspace.writeJournal(unlisted))
  }
  for (const path of plan.stale.there) {
    attempt('remove', join(directory, path), () => unlinkSync(join(directory, path)))
  }
  for (const path of plan.stale.known) {
    attempt('remove a directory of', join(directory, path), () =>
      removeEmptyDirectoriesAbove(directory, path),
    )
  }
  for (const { path, mode } of plan.modes) {
    attempt('set the mode of', join(directory, path), () => setMode(join(directory, path), mode))
  }
  const made = new Set<string>(['.'])
  for (const [index, { path, name }] of plan.staged.entries()) {
    const target = join(directory, path)
    attempt('write', target, () => {
      makeDirectoriesAbove(directory, path, made)
      workspace.place(name, target)
    })
    if (index % filesPerTurn === 0) {
      workspace.refresh()
      await nextTurn()
    }
  }
}

/** The real path of the output directory, which is created if needed; null if a dry run finds none. */
function openDirectory(directory: string, dryRun: boolean): string | null {
  return attempt('use', directory, () => {
    if (dryRun && entryKind(directory) === 'nothing') return null
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === false) {
      const hint = 'name a directory'
      throw refusal('site/input-output', `cannot use ${directory}: it is a file`, { hint })
    }
    if (!dryRun) makeDirectories(directory, 0o755)
    return realpathSync(directory)
  })
}

/**
 * Writes the site to a directory: only files that differ, each atomically, the manifest last. It removes files of an earlier render that
 * the site no longer contains, and directories that become empty. It never touches files that hakube did not write, and stops if there
 * are any (except `assets/`); with `force`, it overwrites those in the place of a site file.
 *
 * Every file is first written under a temporary name, so that memory holds one file at a time. Only when all of them are written and
 * nothing foreign is in the way are they moved to their places. A full disk, a bug in a component or a refusal leaves the old site
 * unchanged. Files are not synced to the disk individually, because thousands of syncs take minutes: after a power cut, `readSite`
 * detects by the hashes that the site must be rendered again.
 *
 * @throws Refusal when something foreign is there, another render runs, or the system refuses an operation
 */
export async function writeSite(
  files: Iterable<SiteFile>,
  about: SiteAbout,
  directory: string,
  options: WriteOptions = {},
): Promise<WriteReport> {
  const { force = false, dryRun = false, progress } = options
  const top = openDirectory(directory, dryRun)
  const workspace = dryRun || top === null ? null : openWorkspace(top)
  try {
    const plan: Plan = {
      directory: top ?? directory,
      force,
      owned: top === null ? { manifest: new Set(), journal: new Set() } : findOwned(top, force),
      workspace,
      staged: [],
      modes: [],
      stale: { known: [], there: [] },
      report: { created: [], changed: [], removed: [], unchanged: 0 },
      obstacles: [],
      inTheWay: new Map(),
      directories: new Set(['.']),
      scratch: Buffer.allocUnsafe(256 * 1024),
    }
    const current = await planSite(plan, files, about, progress)
    if (top !== null) planStrangers(plan, current)
    if (plan.obstacles.length > 0) throw refusalOf(plan)
    if (workspace) {
      if (plan.staged.length + plan.modes.length + plan.stale.known.length > 0) {
        await commit(plan, workspace, current)
      }
      attempt('write to', plan.directory, () => workspace.removeJournal())
    }
    plan.report.created.sort()
    plan.report.changed.sort()
    return plan.report
  } finally {
    workspace?.close()
  }
}
