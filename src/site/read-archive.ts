import { createReadStream, type ReadStream } from 'node:fs'
import { hash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { extract, type Extract } from 'tar-stream'
import { error, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { Refusal, refusal } from '../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { manifestName, parseManifest } from './manifest.ts'
import type { Manifest, SiteFile } from './site.ts'

/** Node supports zstd from 22.15 on; its types for version 20 lack it. */
type Zstd = Partial<Record<'createZstdCompress' | 'createZstdDecompress', () => Transform>>
const { createZstdCompress, createZstdDecompress }: Zstd = Object(zlib)

/** Extensions of archives, each with its compressor and decompressor; null: uncompressed. Absent if this Node does not support it. */
const packers: readonly (readonly [
  ending: string,
  pack: (() => Transform) | null | undefined,
  unpack: (() => Transform) | null | undefined,
])[] = [
  ['.tar', null, null],
  ['.tar.gz', () => zlib.createGzip(), () => zlib.createGunzip()],
  ['.tgz', () => zlib.createGzip(), () => zlib.createGunzip()],
  ['.tar.zst', createZstdCompress, createZstdDecompress],
]

/** Whether a file name is that of a site archive. */
export const isSiteArchive = (file: string): boolean => packers.some(([ending]) => file.endsWith(ending))

function packerOf(file: string, which: 1 | 2): Transform | null {
  const found = packers.find(([ending]) => file.endsWith(ending))
  const packer = found?.[which]
  if (packer === undefined)
    throw refusal(
      'site/archive',
      found
        ? `this Node.js (${process.version}) has no zstd, so it cannot work with ${file}`
        : `the name of ${file} does not end in ${packers.map(([ending]) => ending).join(', ')}`,
      {
        hint: found ? 'write .tar.gz or .tar, or use Node.js 22.15 or later' : 'give it one of these endings',
      },
    )
  return packer === null ? null : packer()
}

/**
 * The compressor for an archive, by its extension; null: uncompressed.
 *
 * @throws Refusal for other extensions, and if Node does not support zstd
 */
export const archivePacker = (file: string): Transform | null => packerOf(file, 1)

const redo = 'copy the archive again, or make it again: hakube image PROFILE --type site --out FILE'

const damaged = (file: string, what: string): Refusal =>
  refusal('site/archive', `${file} ${what}`, { hint: redo })

/**
 * All regular files of an archive.
 *
 * @throws Refusal for an archive that cannot be a site
 */
async function contentsOf(file: string, archive: Extract): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  for await (const entry of archive) {
    const { name, type } = entry.header
    if (type === 'directory') {
      entry.resume()
      continue
    }
    if (type !== 'file') throw damaged(file, `holds ${JSON.stringify(name)}, which is not a regular file`)
    if (found.has(name)) throw damaged(file, `holds ${JSON.stringify(name)} twice`)
    const pieces: Buffer[] = []
    for await (const piece of entry) if (Buffer.isBuffer(piece)) pieces.push(piece)
    found.set(name, Buffer.concat(pieces))
  }
  return found
}

/** Two blocks of zeros mark the end of a tar: https://www.gnu.org/software/tar/manual/html_node/Standard.html */
const endMark = Buffer.alloc(1024)

/**
 * Passes an archive through.
 *
 * @returns also whether its end mark was seen
 */
function watchEnd(): { watcher: Transform; isWhole: () => boolean } {
  let last = Buffer.alloc(0)
  const watcher = new Transform({
    transform(piece: Buffer, _encoding, done) {
      last = Buffer.concat([last.subarray(-endMark.length), piece]).subarray(-endMark.length)
      done(null, piece)
    },
  })
  return { watcher, isWhole: () => last.equals(endMark) }
}

async function unpack(file: string): Promise<{ found: Map<string, Buffer>; whole: boolean }> {
  const source: ReadStream = createReadStream(file)
  const archive = extract()
  const unpacker = packerOf(file, 2)
  const { watcher, isWhole } = watchEnd()
  const flow = unpacker ? pipeline(source, unpacker, watcher, archive) : pipeline(source, watcher, archive)
  try {
    const [found] = await Promise.all([contentsOf(file, archive), flow])
    return { found, whole: isWhole() }
  } catch (fault) {
    await flow.catch(() => {})
    if (fault instanceof Refusal) throw fault
    if (isSystemError(fault) && fault.syscall !== undefined)
      throw refusal('site/input-output', `cannot read ${file}: ${describeSystemError(fault)}`)
    throw damaged(file, `is not a whole archive: ${fault instanceof Error ? fault.message : String(fault)}`)
  }
}

/**
 * Reads a site archive into memory, and verifies the size and hash of every file. Nothing is unpacked to disk, so paths in the archive
 * cannot do harm; files that the manifest does not contain are ignored.
 *
 * @throws Refusal that lists everything that is wrong
 */
export async function readSiteArchive(file: string): Promise<{ manifest: Manifest; files: SiteFile[] }> {
  const { found, whole } = await unpack(file)
  const text = found.get(manifestName)
  if (!text) throw damaged(file, `is not the archive of a site: it has no ${manifestName}`)
  const manifest = parseManifest(text.toString('utf8'), `${manifestName} of ${file}`)
  const missing = manifest.files.filter(({ path }) => !found.has(path))
  if (!whole && missing.length > 0)
    throw damaged(
      file,
      `is truncated: it ends before ${missing.length} of ${manifest.files.length} files, the first of them ${missing[0]?.path}`,
    )
  const faults: Diagnostic[] = []
  const files = manifest.files.flatMap(({ path, secret, contentType, machine, size, sha256 }): SiteFile[] => {
    const body = found.get(path)
    const what =
      body === undefined
        ? 'is missing'
        : body.length !== size || hash('sha256', body) !== sha256
          ? "does not match the manifest's size and SHA-256"
          : null
    if (body && what === null)
      return [{ path, secret, contentType, body, ...(machine === undefined ? {} : { machine }) }]
    faults.push(error('site/damaged', `${file}: ${path} ${what}`, { hint: redo }))
    return []
  })
  if (faults.length > 0) throw new Refusal(faults)
  return { manifest, files }
}
