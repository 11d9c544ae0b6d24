import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { extract, pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { Refusal } from '../../src/diagnostics/refusal.ts'
import { isSiteArchive, readSiteArchive } from '../../src/site/read-archive.ts'
import { siteArchive } from '../../src/site/tar.ts'
import { about, temporaryDirectory, wholeSite } from './files.ts'

async function archiveBytes(): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of siteArchive(wholeSite, about)) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

/** What is wrong with an archive of these bytes, without the hints. */
async function mistakes(bytes: Buffer, name = 'site.tar'): Promise<string[]> {
  const directory = temporaryDirectory()
  await writeFile(join(directory, name), bytes)
  try {
    await readSiteArchive(join(directory, name))
    return []
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return fault.diagnostics.map(({ code, message }) => `${code}: ${message.replaceAll(directory, '')}`)
  }
}

/** The archive with other entries. */
async function changed(
  change: (name: string, body: Buffer) => { name: string; body: Buffer } | null,
  more: readonly { name: string; type?: 'symlink'; body: string }[] = [],
): Promise<Buffer> {
  const reader = extract()
  reader.end(await archiveBytes())
  const writer = pack()
  for await (const entry of reader) {
    const pieces: Buffer[] = []
    for await (const piece of entry) pieces.push(piece as Buffer)
    if (entry.header.type !== 'file') continue
    const made = change(entry.header.name, Buffer.concat(pieces))
    if (made) writer.entry({ name: made.name }, made.body)
  }
  for (const { name, type, body } of more)
    if (type) writer.entry({ name, type, linkname: body })
    else writer.entry({ name }, body)
  writer.finalize()
  const pieces: Buffer[] = []
  for await (const piece of writer) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

const byPath = (one: { path: string }, other: { path: string }) => (one.path < other.path ? -1 : 1)

const same = (name: string, body: Buffer) => ({ name, body })

describe('the archive of a site', () => {
  it('begins with its manifest, and is the same each time', async () => {
    const names: string[] = []
    const reader = extract()
    reader.end(await archiveBytes())
    for await (const entry of reader) {
      if (entry.header.type === 'file') names.push(entry.header.name)
      entry.resume()
    }
    expect(names).toEqual(['manifest.json', ...wholeSite().map(({ path }) => path)])
    expect((await archiveBytes()).equals(await archiveBytes())).toBe(true)
  })

  it('is read back unchanged, compressed or not', async () => {
    const directory = temporaryDirectory()
    const bytes = await archiveBytes()
    for (const [name, written] of [
      ['site.tar', bytes],
      ['site.tar.gz', gzipSync(bytes)],
    ] as const) {
      await writeFile(join(directory, name), written)
      const { manifest, files } = await readSiteArchive(join(directory, name))
      expect(manifest.profile).toBe(about.profile)
      expect(files.toSorted(byPath)).toEqual(wholeSite().toSorted(byPath))
    }
  })

  it('is recognized by its name', () => {
    const names = ['a.tar', 'a.tar.gz', 'a.tgz', 'a.tar.zst', 'a.yaml', 'a.zip']
    expect(names.filter(isSiteArchive)).toEqual(names.slice(0, 4))
  })

  it('is refused with a list of its missing and different files', async () => {
    const bytes = await changed((name, body) =>
      name === 'boot.ipxe' ? null : { name, body: name === 'release' ? Buffer.from('x') : body },
    )
    expect(await mistakes(bytes)).toEqual(['site/damaged: /site.tar: boot.ipxe is missing'])
    const altered = await changed((name, body) => ({
      name,
      body: name === 'boot.ipxe' ? Buffer.from('#!other') : body,
    }))
    expect(await mistakes(altered)).toEqual([
      "site/damaged: /site.tar: boot.ipxe does not match the manifest's size and SHA-256",
    ])
  })

  it('is refused if it is not an archive, is truncated, or contains what a site cannot', async () => {
    expect(
      await mistakes(await changed((name, body) => (name === 'manifest.json' ? null : { name, body }))),
    ).toEqual(['site/archive: /site.tar is not the archive of a site: it has no manifest.json'])
    expect(
      await mistakes(await changed(same, [{ name: 'a', type: 'symlink', body: '/etc/shadow' }])),
    ).toEqual(['site/archive: /site.tar holds "a", which is not a regular file'])
    expect(await mistakes(await changed(same, [{ name: 'boot.ipxe', body: 'x' }]))).toEqual([
      'site/archive: /site.tar holds "boot.ipxe" twice',
    ])
    const bytes = await archiveBytes()
    expect(await mistakes(gzipSync(bytes).subarray(0, 700), 'site.tar.gz')).toEqual([
      expect.stringContaining('site/archive: /site.tar.gz is not a whole archive: '),
    ])
    expect(gunzipSync(gzipSync(bytes)).equals(bytes)).toBe(true)
  })

  it('is refused with one message if truncated anywhere', async () => {
    const bytes = await archiveBytes()
    const manifest = bytes.indexOf('\0', 512 + bytes.subarray(512).indexOf('{'))
    const total = wholeSite().length
    const said = new Set<string>()
    // Its last blocks are the end mark, which nothing needs.
    for (let end = 512 * Math.ceil(manifest / 512); end < bytes.length - 1024; end += 256) {
      const [first = '', ...others] = await mistakes(bytes.subarray(0, end))
      expect(others).toEqual([])
      said.add(first.replace(/before \d+ of .*/, 'before …').replace(/(whole archive): .*/, '$1'))
    }
    expect([...said].toSorted()).toEqual([
      'site/archive: /site.tar is not a whole archive',
      'site/archive: /site.tar is truncated: it ends before …',
    ])
    const last = await mistakes(bytes.subarray(0, 512 * Math.ceil(manifest / 512)))
    expect(last).toEqual([
      `site/archive: /site.tar is truncated: it ends before ${total} of ${total} files, the first of them ${wholeSite()[0]?.path}`,
    ])
  })

  it('omits what its manifest does not list, wherever it would lead', async () => {
    const bytes = await changed((name, body) => ({ name, body }), [{ name: '../../etc/passwd', body: 'x' }])
    expect(await mistakes(bytes)).toEqual([])
  })
})
