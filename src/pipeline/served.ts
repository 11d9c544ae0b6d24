import type { Cluster } from '../cluster/cluster.ts'
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts'
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
import type { ProfileReference } from './load.ts'
import { type Means, open } from './open.ts'
import { buildSite, renderInTurns, type SiteMeans } from './site.ts'

/** A site that can be served, or the diagnostics that prevent it. */
export type Served = {
  site: ServedSite | null
  /** Name of the profile. */
  name: string
  /** The server's address in the profile; null for a rendered directory, which does not contain it. */
  server: string | null
  /** The port to which machines send syslog; null if they do not. */
  syslogPort: number | null
  /** Where machines enroll; null if they do not. */
  enrolment: Cluster['enrolment']
  loaded: LoadedProfile | null
  /** Files that machines fetch and hakube does not make; unknown for a rendered directory. */
  needed: readonly NeededAsset[]
  diagnostics: readonly Diagnostic[]
}

/**
 * Makes a site to serve from a profile. It only reads, so it can run while another site is served, and for several profiles in turn.
 *
 * @throws the reason of `stop` once it is aborted
 */
export const serveProfile = (reference: ProfileReference, means: Means & SiteMeans): Promise<Served> =>
  refusedAsDiagnostics(reference.profile, async (none) => {
    const { loaded, cluster, diagnostics } = await open(reference, means)
    if (!cluster) return { ...none, loaded, diagnostics }
    const built = await buildSite({ loaded, cluster }, means)
    const all = [...diagnostics, ...built.diagnostics]
    if (!built.site || hasErrors(all)) return { ...none, loaded, diagnostics: all }
    const { assets: needed } = built.site
    const { about } = built.site
    const site = prepareSite(machinesByMac(about.machines), await renderInTurns(built.site), {
      ...about,
      enrolling: enrollingOf(cluster, about),
      described: describedOf(cluster, about),
    })
    const { name, server, enrolment } = cluster
    const syslogPort = cluster.syslog?.port ?? null
    return { site, name, server, syslogPort, enrolment, loaded, needed, diagnostics: all }
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

async function refusedAsDiagnostics(name: string, build: (none: Served) => Promise<Served>): Promise<Served> {
  const none: Served = {
    site: null,
    name,
    server: null,
    syslogPort: null,
    enrolment: null,
    loaded: null,
    needed: [],
    diagnostics: [],
  }
  try {
    return await build(none)
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return { ...none, diagnostics: fault.diagnostics }
  }
}
