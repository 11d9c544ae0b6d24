import type { Manifest, SiteFile } from '../site/site.ts'
import { neverStored } from './exchange.ts'

/** A site file as it goes out: head and body are made once, at start. */
export type PreparedFile = {
  /** Names and values in turn, as `writeHead` takes them without another look. */
  head: string[]
  body: Buffer
  /** Name of the machine that it is for. */
  machine: string | null
}

/** What the server knows: every machine by each of its MACs, and every file by its path in the site. */
export type ServedSite = {
  machines: ReadonlyMap<string, { name: string; mac: string }>
  files: ReadonlyMap<string, PreparedFile>
}

/**
 * Makes the index that requests are answered from. Nothing is read or rendered after this.
 *
 * @param machines those of the manifest: `readSite(…).manifest.machines`, or `machinesByMac(cluster.machines)`
 */
export function prepareSite(machines: Manifest['machines'], files: Iterable<SiteFile>): ServedSite {
  const prepared = new Map<string, PreparedFile>()
  for (const { path, contentType, body, machine } of files) {
    const head = ['Content-Type', contentType, 'Content-Length', String(body.length), ...neverStored]
    prepared.set(path, { head, body, machine: machine ?? null })
  }
  return { machines: new Map(Object.entries(machines)), files: prepared }
}
