import { pack, type Header, type Pack } from 'tar-stream'
import { directoriesAbove } from '../site/directory.ts'
import { addEntry } from '../site/tar-entry.ts'
import { type About, type Delivery, manifestPath, manifestText } from './manifest.ts'

/** Owners are stored by name, because the machine assigns their numbers. */
function ownerOf(owner: string | null): Pick<Header, 'uname' | 'gname' | 'uid' | 'gid'> {
  const [uname = 'root', gname = uname] = (owner ?? 'root:root').split(':')
  return { uname, gname, uid: 0, gid: 0 }
}

async function addAll(archive: Pack, delivery: Delivery, about: About): Promise<void> {
  const mtime = new Date(0)
  const root = { ...ownerOf(null), mtime }
  const manifest = Buffer.from(manifestText(delivery, about))
  await addEntry(archive, { ...root, name: manifestPath, mode: 0o600 }, manifest)
  const directories = new Set<string>()
  for (const { path, mode, owner, body } of delivery.files) {
    const name = path.slice(1)
    for (const directory of directoriesAbove(name)) {
      if (directories.has(directory)) continue
      directories.add(directory)
      await addEntry(archive, { ...root, name: `${directory}/`, type: 'directory', mode: 0o755 })
    }
    await addEntry(archive, { ...ownerOf(owner), mtime, name, mode: Number.parseInt(mode, 8) }, body)
  }
  archive.finalize()
}

/**
 * What a machine receives as a tar stream: the manifest first, then the files below `/` with their modes and the names of their owners.
 * Equal deliveries give equal bytes.
 */
export function machineTar(delivery: Delivery, about: About): Pack {
  const archive = pack()
  addAll(archive, delivery, about).catch((fault: unknown) => {
    archive.destroy(fault instanceof Error ? fault : new Error(String(fault)))
  })
  return archive
}

/** The bytes of an archive, in pieces. */
export async function* bytesOf(archive: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const piece of archive) {
    if (!(piece instanceof Uint8Array)) throw new TypeError('tar-stream gave a piece that is not bytes')
    yield piece
  }
}
