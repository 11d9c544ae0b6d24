import { setImmediate as nextTurn } from 'node:timers/promises'
import { findConflicts } from '../check/conflicts.ts'
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts'
import { reporterOf, reportToken } from '../secrets/report-token.ts'
import { adding, type PreparedFile } from '../server/served-site.ts'
import { siteFiles } from '../site/build.ts'
import type { SiteAbout } from '../site/manifest.ts'
import { type NeededAsset, neededAssets } from '../site/needed-assets.ts'
import type { SiteFile } from '../site/site.ts'
import { findCommit } from './commit.ts'
import type { Means, OpenedCluster } from './open.ts'

/** A site that can be rendered any number of times. */
export type Site = {
  about: SiteAbout
  /** Files that machines fetch and hakube does not make. */
  assets: readonly NeededAsset[]
  /** One file at a time, because a large rack does not fit into memory twice. Throws the reason of `stop` once it is aborted. */
  files: () => Generator<SiteFile>
}

/** @property hakube its version, for the manifest */
export type SiteMeans = Pick<Means, 'environment' | 'stop'> & { hakube: string }

/**
 * Makes the site of a cluster.
 *
 * @returns no site if settings of the profile conflict with components of a machine
 */
export async function buildSite(
  { loaded, cluster }: OpenedCluster,
  { hakube, environment, stop }: SiteMeans,
): Promise<{ site: Site | null; diagnostics: readonly Diagnostic[] }> {
  const conflicts = findConflicts(cluster, stop)
  if (hasErrors(conflicts)) return { site: null, diagnostics: conflicts }
  const { commit, diagnostics } = await findCommit(loaded, environment)
  const live = new Set(cluster.machines.filter(({ system }) => !system.install.keepsDisk))
  const about: SiteAbout = {
    hakube,
    profile: cluster.name,
    commit,
    ephemeralSecrets: cluster.secrets.ephemeral,
    deadline: cluster.deadline,
    ...(live.size === cluster.machines.length ? { keepsDisk: false } : {}),
    enrolled: cluster.enrolment !== null,
    machines: cluster.machines.map((machine) => ({
      name: machine.name,
      macs: machine.macs,
      ...(live.has(machine) && live.size < cluster.machines.length ? { keepsDisk: false } : {}),
      // Enrolled machines report with their certificates.
      ...(cluster.enrolment === null
        ? { reporter: reporterOf(reportToken(cluster.secrets, machine.macs[0])) }
        : {}),
    })),
  }
  const site: Site = {
    about,
    assets: neededAssets(cluster),
    files: () => untilStopped(siteFiles(cluster, about), stop),
  }
  return { site, diagnostics: [...conflicts, ...diagnostics] }
}

function* untilStopped<Item>(items: Iterable<Item>, stop: AbortSignal): Generator<Item> {
  for (const item of items) {
    stop.throwIfAborted()
    yield item
  }
}

/** A machine has about six, which take some milliseconds. */
const filesPerTurn = 16

/** Renders all files, with pauses in which requests are answered, because a large rack takes seconds. */
export async function renderInTurns({ files }: Site): Promise<Map<string, PreparedFile>> {
  const prepared = new Map<string, PreparedFile>()
  const add = adding(prepared)
  for (const file of files()) {
    add(file)
    if (prepared.size % filesPerTurn === 0) await nextTurn()
  }
  return prepared
}
