import { pack, type Pack } from 'tar-stream'
import { directoriesAbove } from './directory.ts'
import { buildManifest, formatManifest, manifestEntry, manifestName, type SiteAbout } from './manifest.ts'
import type { ManifestEntry, SiteFile } from './site.ts'
import { addEntry } from './tar-entry.ts'
import { fileMode } from './write.ts'

export type TarOptions = {
  /** Time of all entries: that of the commit, so that the same commit gives the same bytes; default: 1970. */
  time?: Date
}

async function addSite(
  archive: Pack,
  files: Iterable<SiteFile>,
  about: SiteAbout,
  { time = new Date(0), first = null }: TarOptions & { first?: Buffer | null },
): Promise<void> {
  const owner = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: time }
  const directories = new Set<string>()
  const entries: ManifestEntry[] = []
  if (first) await addEntry(archive, { ...owner, name: manifestName, mode: 0o644 }, first)
  for (const file of files) {
    for (const directory of directoriesAbove(file.path)) {
      if (directories.has(directory)) continue
      directories.add(directory)
      await addEntry(archive, { ...owner, name: `${directory}/`, type: 'directory', mode: 0o755 })
    }
    entries.push(manifestEntry(file))
    await addEntry(archive, { ...owner, name: file.path, mode: fileMode(file) }, file.body)
  }
  const manifest = Buffer.from(formatManifest(buildManifest(about, entries)))
  if (!first) await addEntry(archive, { ...owner, name: manifestName, mode: 0o644 }, manifest)
  else if (!first.equals(manifest)) throw new Error('the site differed when it was rendered again')
  archive.finalize()
}

/**
 * The site as a tar stream: entries in the order of the files, each directory before its first file, the manifest last, owner root. Equal
 * files and times give equal bytes. An error of `files` destroys the stream with that error.
 */
export function siteTar(files: Iterable<SiteFile>, about: SiteAbout, options: TarOptions = {}): Pack {
  const archive = pack()
  addSite(archive, files, about, options).catch((fault: unknown) => {
    archive.destroy(fault instanceof Error ? fault : new Error(String(fault)))
  })
  return archive
}

/**
 * The same with the manifest first, so that readers of the stream know what follows. The site is rendered twice for that, so that only
 * the manifest is held in memory, however large the rack is.
 *
 * @param render must give the same files each time
 */
export function siteArchive(
  render: () => Iterable<SiteFile>,
  about: SiteAbout,
  options: TarOptions = {},
): Pack {
  const entries: ManifestEntry[] = []
  for (const file of render()) entries.push(manifestEntry(file))
  const first = Buffer.from(formatManifest(buildManifest(about, entries)))
  const archive = pack()
  addSite(archive, render(), about, { ...options, first }).catch((fault: unknown) => {
    archive.destroy(fault instanceof Error ? fault : new Error(String(fault)))
  })
  return archive
}
