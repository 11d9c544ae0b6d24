import { pack, type Pack } from 'tar-stream'
import { foldersAbove } from './folder.ts'
import { buildManifest, formatManifest, manifestEntry, manifestName, type SiteAbout } from './manifest.ts'
import type { ManifestEntry, SiteFile } from './site.ts'
import { addEntry } from './tar-entry.ts'
import { fileMode } from './write.ts'

export type TarOptions = {
  /** Stands in every entry: the commit's time, so that the same commit gives the same bytes; else 1970. */
  time?: Date
}

async function addSite(
  archive: Pack,
  files: Iterable<SiteFile>,
  about: SiteAbout,
  time: Date,
): Promise<void> {
  const owner = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: time }
  const folders = new Set<string>()
  const entries: ManifestEntry[] = []
  for (const file of files) {
    for (const folder of foldersAbove(file.path)) {
      if (folders.has(folder)) continue
      folders.add(folder)
      await addEntry(archive, { ...owner, name: `${folder}/`, type: 'directory', mode: 0o755 })
    }
    entries.push(manifestEntry(file))
    await addEntry(archive, { ...owner, name: file.path, mode: fileMode(file) }, file.body)
  }
  const manifest = Buffer.from(formatManifest(buildManifest(about, entries)))
  await addEntry(archive, { ...owner, name: manifestName, mode: 0o644 }, manifest)
  archive.finalize()
}

/**
 * The site as a tar archive, streamed: entries in the order of the files, each folder before the first file in it, the
 * manifest last, owner root. The same files and time give the same bytes. A fault of `files` destroys the stream with it.
 */
export function siteTar(files: Iterable<SiteFile>, about: SiteAbout, options: TarOptions = {}): Pack {
  const archive = pack()
  addSite(archive, files, about, options.time ?? new Date(0)).catch((fault: unknown) => {
    archive.destroy(fault instanceof Error ? fault : new Error(String(fault)))
  })
  return archive
}
