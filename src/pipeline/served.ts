import type { Cluster } from '../cluster/cluster.ts'
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts'
import type { Locatable } from '../diagnostics/locate.ts'
import { Refusal, refusal } from '../diagnostics/refusal.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { nothingDescribed, prepareSite, type ServedSite } from '../server/served-site.ts'
import { machinesByMac } from '../site/manifest.ts'
import { describedOf } from './described.ts'
import { enrollingOf } from './enrolling.ts'
import type { NeededAsset } from '../site/needed-assets.ts'
import { readSiteArchive } from '../site/read-archive.ts'
import { readSite } from '../site/read.ts'
import type { Manifest, SiteFile } from '../site/site.ts'
import { loadAt, type ProfileReference } from './load.ts'
import { type Means, openLoaded } from './open.ts'
import { buildSite, renderInTurns, type Site, type SiteMeans } from './site.ts'

/** What is still needed of a profile after its site is made: to show its mistakes, and to keep its files from being served. */
export type ServedProfile = Locatable &
  Pick<LoadedProfile, 'bases'> & {
    reader: Pick<LoadedProfile['reader'], 'commit'>
    /** Other profiles of the same server. */
    others?: readonly ServedProfile[]
  }

/** A site that can be served, or the diagnostics that prevent it. */
export type Served = {
  site: ServedSite | null
  /** Name of the profile, or of several. */
  name: string
  /** The server's address in the profile; null for a rendered directory, which does not contain it. */
  server: string | null
  /** The port to which machines send syslog; null if they do not. */
  syslogPort: number | null
  loaded: ServedProfile | null
  /** The files of its profiles, and the names of their clusters; empty for a rendered directory. */
  clusters: readonly { profile: string; name: string }[]
  /** Files that machines fetch and hakube does not make; unknown for a rendered directory. */
  needed: readonly NeededAsset[]
  diagnostics: readonly Diagnostic[]
}

/** A profile and its site, which can be rendered, or the diagnostics that prevent it. */
export type Planned = {
  loaded: LoadedProfile
  diagnostics: readonly Diagnostic[]
  /** Null for a profile with errors. */
  ready: { cluster: Cluster; site: Site } | null
}

/**
 * Everything but the files.
 *
 * @throws Refusal; the reason of `stop` once it is aborted
 */
export async function planProfile(reference: ProfileReference, means: Means & SiteMeans): Promise<Planned> {
  return planLoaded(await loadAt(reference, means.environment), means)
}

/** The same for a profile that was already read. */
export async function planLoaded(loaded: LoadedProfile, means: Means & SiteMeans): Promise<Planned> {
  const { cluster, diagnostics } = await openLoaded(loaded, means)
  const before = [...loaded.diagnostics, ...diagnostics]
  if (!cluster) return { loaded, diagnostics: before, ready: null }
  const { site, diagnostics: more } = await buildSite({ loaded, cluster }, means)
  const all = [...before, ...more]
  return { loaded, diagnostics: all, ready: site && !hasErrors(all) ? { cluster, site } : null }
}

/** The site of a profile without errors, as it is served. */
export function servedOfProfile(
  cluster: Cluster,
  { about, assets }: Pick<Site, 'about' | 'assets'>,
  files: Parameters<typeof prepareSite>[1],
  { loaded, diagnostics }: Pick<Served, 'loaded' | 'diagnostics'>,
): Served {
  const site = prepareSite(machinesByMac(about.machines), files, {
    ...about,
    enrolling: enrollingOf(loaded?.file ?? '', cluster, about),
    described: describedOf(cluster, about),
  })
  const { name, server } = cluster
  const syslogPort = cluster.syslog?.port ?? null
  const clusters = [{ profile: loaded?.file ?? '', name }]
  return { site, name, server, syslogPort, loaded, clusters, needed: assets, diagnostics }
}

/**
 * Makes a site to serve from a profile. It only reads, so it can run while another site is served, and for several profiles in turn.
 *
 * @throws the reason of `stop` once it is aborted
 */
export const serveProfile = (reference: ProfileReference, means: Means & SiteMeans): Promise<Served> =>
  refusedAsDiagnostics(reference.profile, async (none) => {
    const { ready, ...planned } = await planProfile(reference, means)
    if (!ready) return { ...none, ...planned }
    return servedOfProfile(ready.cluster, ready.site, await renderInTurns(ready.site), planned)
  })

/** Reads a site that `hakube render` wrote, and verifies its checksums. */
export const serveDirectory = (directory: string): Promise<Served> =>
  refusedAsDiagnostics(directory, async (none) => servedOf(directory, await readSite(directory), none))

/**
 * A rendered site that can be served.
 *
 * @throws Refusal if machines would lack their secrets
 */
function servedOf(
  place: string,
  { manifest, files }: { manifest: Manifest; files: readonly SiteFile[] },
  none: Served,
): Served {
  if (manifest.enrolled === true)
    throw refusal(
      'serve/enrolled-directory',
      `${place} has no secrets, which its machines fetch when they enrol`,
      {
        hint: 'serve the profile itself, which has them: hakube serve PROFILE; or write secrets: {delivery: inline}, and render it again',
      },
    )
  const described = { ...nothingDescribed, name: manifest.profile, commit: manifest.commit }
  const site = prepareSite(manifest.machines, files, { ...manifest, described })
  return { ...none, site, name: manifest.profile }
}

/** Reads a site from an archive of `hakube image --type site` or `hakube render --tar`, and verifies its checksums. */
export const serveArchive = (file: string): Promise<Served> =>
  refusedAsDiagnostics(file, async (none) => servedOf(file, await readSiteArchive(file), none))

/** The result for a profile or directory that cannot be served. */
export const nothingServed = (name: string): Served => ({
  site: null,
  name,
  server: null,
  syslogPort: null,
  loaded: null,
  clusters: [],
  needed: [],
  diagnostics: [],
})

/** What `build` makes; if it throws a refusal, that is the reason why nothing is served. */
export async function refusedAsDiagnostics(
  name: string,
  build: (none: Served) => Promise<Served>,
): Promise<Served> {
  const none = nothingServed(name)
  try {
    return await build(none)
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return { ...none, diagnostics: fault.diagnostics }
  }
}
