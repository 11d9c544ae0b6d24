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
  /** Overwrites foreign files that stand in a site file's place. Other foreign files stay all the same. */
  force?: boolean
  /** Writes nothing, not even a lock; the report says what would happen. */
  dryRun?: boolean
  /** Called after each file, with the number of files so far. */
  progress?: (files: number, file: SiteFile) => void
}

const filesPerTurn = 64

/** Secrets are for the owner alone; the manifest and all else is for everyone who may enter the directory. */
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
      // Signals, timers and the terminal have their turn.
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

/** Paths that are going to be hakube's, or still are, without a manifest that says so. */
const unlistedPaths = (plan: Plan, current: ReadonlySet<string>): string[] =>
  [...new Set([...plan.owned.journal, ...current])].filter((path) => !plan.owned.manifest.has(path))

/**
 * Puts all in place. Every step can be the last one of a killed run: each file is whole, old or new, and the next run
 * knows every path that is hakube's. The manifest was staged last and goes last.
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

/** The real path of the output directory, made if need be; null where a dry run finds none. */
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
 * Writes the site below a directory: only files that differ, each whole or not at all, the manifest last. Files of an earlier
 * render that the site no longer has go, with the directories that become empty. What hakube did not write is never touched, and is
 * a reason to stop (but for `assets/`); with `force`, only what has the place of a site file is overwritten.
 *
 * Everything is first written under a temporary name, file by file, so that memory holds one file at a time; only when all
 * of it is there and nothing foreign is in the way do the files go to their places. A disk that runs full, a fault in a
 * component or a refusal leaves the old site as it was. Files are not synced to the disk one by one (thousands of syncs
 * take minutes): after a power cut `readSite` tells by the hashes whether to render again.
 *
 * @throws Refusal when something foreign is there, another render runs, or the system refuses
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
