import type { Cluster } from '../../cluster/cluster.ts'
import type { ProfileReference } from '../load.ts'
import { located } from '../located.ts'
import {
  nothingServed,
  refusedAsDiagnostics,
  type Served,
  servedOfProfile,
  type ServedProfile,
} from '../served.ts'
import { renderInTurns } from '../site.ts'
import { mergeSites, severalNames } from './merge-sites.ts'
import { planSeveral, type SeveralMeans } from './plan.ts'

/** What is served of one profile, and its cluster; null if it cannot be served. */
export type Part = { served: Served; cluster: Cluster | null }

/** One profile in which the positions of all are looked up: their diagnostics have them already. */
function together(all: readonly ServedProfile[]): ServedProfile | null {
  const [first, ...others] = all
  if (!first) return null
  const texts = new Map(all.flatMap(({ file, text, texts: more = [] }) => [...more, [file, text] as const]))
  return { ...first, texts, others }
}

/**
 * What a server serves of several profiles: one site, in which machines are `CLUSTER/NAME`.
 *
 * @param parts in the order of the command line; their diagnostics have positions. With one part, it is that part
 */
export function mergeServed(parts: readonly Part[]): Served {
  const [first] = parts
  if (first && parts.length === 1) return first.served
  const all = parts.map(({ served }) => served)
  const sites = parts.flatMap(({ served: { site }, cluster }) => (site && cluster ? [{ cluster, site }] : []))
  return {
    site: sites.length === parts.length ? mergeSites(sites) : null,
    name: severalNames(all.map(({ name }) => name)),
    server: all[0]?.server ?? null,
    syslogPort: all.find(({ syslogPort }) => syslogPort !== null)?.syslogPort ?? null,
    loaded: together(all.flatMap(({ loaded }) => (loaded ? [loaded] : []))),
    clusters: all.flatMap(({ clusters }) => clusters),
    needed: [...new Map(all.flatMap(({ needed }) => needed).map((each) => [each.path, each])).values()],
    diagnostics: all.flatMap(({ diagnostics }) => diagnostics),
  }
}

/**
 * Makes the site of several profiles like `serveProfile`. If one of them has a mistake, or two of them do not go together, there is no site.
 *
 * @throws the reason of `stop` once it is aborted
 */
export const serveSeveral = (references: readonly ProfileReference[], means: SeveralMeans): Promise<Served> =>
  refusedAsDiagnostics(severalNames(references.map(({ profile }) => profile)), async () => {
    const parts: Part[] = []
    for (const { loaded, diagnostics, ready } of await planSeveral(references, means)) {
      const about = { loaded, diagnostics: located(diagnostics, loaded) }
      parts.push({
        cluster: ready?.cluster ?? null,
        served: ready
          ? servedOfProfile(ready.cluster, ready.site, await renderInTurns(ready.site), about)
          : { ...nothingServed(loaded.file), ...about },
      })
    }
    return mergeServed(parts)
  })
