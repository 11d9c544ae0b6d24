import { hash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { extract } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import type { SiteFile } from '../../src/site/site.ts'
import { siteTar } from '../../src/site/tar.ts'
import { writeSite } from '../../src/site/write.ts'
import { about, brokenFiles, siteFile, temporaryDirectory, tree, wholeSite } from './files.ts'

async function bytesOf(files: Iterable<SiteFile>, time?: Date): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of siteTar(files, about, time ? { time } : {})) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

describe('siteTar', () => {
  it('has directories before files, modes, root as the owner, the given time, and the manifest last', async () => {
    const rows: string[] = []
    const reader = extract()
    reader.end(await bytesOf(wholeSite().slice(0, 8), new Date('2026-11-21T00:00:00Z')))
    for await (const entry of reader) {
      const { name, type, mode, uid, gid, uname, gname, size, mtime } = entry.header
      rows.push([name, type, mode.toString(8), uid, gid, uname, gname, size, mtime.toISOString()].join(' '))
      entry.resume()
    }
    expect(rows).toMatchInlineSnapshot(`
      [
        "boot.ipxe file 644 0 0 root root 7 2026-11-21T00:00:00.000Z",
        "ipxe/ directory 755 0 0 root root 0 2026-11-21T00:00:00.000Z",
        "ipxe/52-54-00-aa-bb-01 file 644 0 0 root root 16 2026-11-21T00:00:00.000Z",
        "pxelinux.cfg/ directory 755 0 0 root root 0 2026-11-21T00:00:00.000Z",
        "pxelinux.cfg/01-52-54-00-aa-bb-01 file 644 0 0 root root 8 2026-11-21T00:00:00.000Z",
        "seed/ directory 755 0 0 root root 0 2026-11-21T00:00:00.000Z",
        "seed/52-54-00-aa-bb-01/ directory 755 0 0 root root 0 2026-11-21T00:00:00.000Z",
        "seed/52-54-00-aa-bb-01/meta-data file 644 0 0 root root 20 2026-11-21T00:00:00.000Z",
        "seed/52-54-00-aa-bb-01/user-data file 600 0 0 root root 20 2026-11-21T00:00:00.000Z",
        "seed/52-54-00-aa-bb-01/vendor-data file 644 0 0 root root 17 2026-11-21T00:00:00.000Z",
        "seed/52-54-00-aa-bb-01/network-config file 644 0 0 root root 17 2026-11-21T00:00:00.000Z",
        "kickstart/ directory 755 0 0 root root 0 2026-11-21T00:00:00.000Z",
        "kickstart/52-54-00-aa-bb-01.ks file 600 0 0 root root 6 2026-11-21T00:00:00.000Z",
        "manifest.json file 644 0 0 root root 2482 2026-11-21T00:00:00.000Z",
      ]
    `)
  })

  it('is the same for the same site', async () => {
    const first = await bytesOf(wholeSite())
    expect(hash('sha256', await bytesOf(wholeSite()))).toBe(hash('sha256', first))
  })

  it('unpacks with tar to what writeSite writes', async () => {
    const top = temporaryDirectory()
    const long = siteFile(`seed/${'long-name-'.repeat(20)}/empty`, '')
    const files = [...wholeSite(), long]
    writeFileSync(join(top, 'site.tar'), await bytesOf(files))
    execFileSync('mkdir', [join(top, 'unpacked')])
    execFileSync('tar', ['-xpf', join(top, 'site.tar'), '-C', join(top, 'unpacked')])
    await writeSite(files, about, join(top, 'written'))
    expect(tree(join(top, 'unpacked'))).toEqual(tree(join(top, 'written')))
  })

  it('waits for its reader', async () => {
    let made = 0
    function* many(): Generator<SiteFile> {
      for (; made < 1000; made++) yield siteFile(`ipxe/${made}`, 'x'.repeat(10_000))
    }
    const archive = siteTar(many(), about)
    await once(archive, 'readable')
    // More than enough turns to make all, if nothing held it back.
    for (let turn = 0; turn < 1000; turn++) await setImmediate()
    expect(made).toBeLessThan(20)
    archive.destroy()
  })

  it('ends with an error if the files do', async () => {
    await expect(bytesOf(brokenFiles())).rejects.toThrow('a fault in a component')
  })
})
