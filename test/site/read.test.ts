import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { comparePaths } from '../../src/site/manifest.ts'
import { readSite } from '../../src/site/read.ts'
import { writeSite } from '../../src/site/write.ts'
import { about, macs, refusalOf, temporaryDirectory, wholeSite } from './files.ts'

async function written(): Promise<string> {
  const top = temporaryDirectory()
  await writeSite(wholeSite(), about, join(top, 'site'))
  return join(top, 'site')
}

describe('readSite', () => {
  it('reads what writeSite wrote, sorted by path, and nothing else', async () => {
    const site = await written()
    writeFileSync(join(site, 'seed', macs.one, 'foreign'), 'not in the manifest')
    const { files, manifest } = await readSite(site)
    expect(files).toEqual(wholeSite().toSorted(comparePaths))
    expect(manifest.machines).toEqual({
      [macs.one]: { name: 'lb1', mac: macs.one },
      [macs.other]: { name: 'lb2', mac: macs.other },
      [macs.second]: { name: 'lb1', mac: macs.one },
    })
  })

  it('accepts a directory that is named by a link', async () => {
    const site = await written()
    symlinkSync('site', join(site, '../current'))
    expect((await readSite(join(site, '../current'))).files).toHaveLength(15)
  })

  it('reports everything that is wrong at once', async () => {
    const site = await written()
    const seed = join(site, 'seed', macs.one)
    writeFileSync(join(site, 'boot.ipxe'), '#!ipxE\n')
    appendFileSync(join(seed, 'meta-data'), 'more')
    rmSync(join(seed, 'user-data'))
    rmSync(join(seed, 'vendor-data'))
    symlinkSync('/etc/passwd', join(seed, 'vendor-data'))
    rmSync(join(seed, 'network-config'))
    mkdirSync(join(seed, 'network-config'))
    renameSync(join(site, 'ipxe'), join(site, '../ipxe'))
    symlinkSync('../ipxe', join(site, 'ipxe'))
    expect(await refusalOf(() => readSite(site), site)).toMatchInlineSnapshot(`
      [
        "site/damaged: DIR/boot.ipxe: does not match the manifest's SHA-256 (render again; do not edit the files of a site)",
        "site/damaged: DIR/ipxe/52-54-00-aa-bb-01: ipxe is a symbolic link (render again; do not edit the files of a site)",
        "site/damaged: DIR/ipxe/52-54-00-aa-bb-02: ipxe is a symbolic link (render again; do not edit the files of a site)",
        "site/damaged: DIR/seed/52-54-00-aa-bb-01/meta-data: has 24 bytes instead of the 20 in the manifest (render again; do not edit the files of a site)",
        "site/damaged: DIR/seed/52-54-00-aa-bb-01/network-config: is not a regular file (render again; do not edit the files of a site)",
        "site/damaged: DIR/seed/52-54-00-aa-bb-01/user-data: is missing (render again; do not edit the files of a site)",
        "site/damaged: DIR/seed/52-54-00-aa-bb-01/vendor-data: is a symbolic link (render again; do not edit the files of a site)",
      ]
    `)
  })

  it('reports that a render was interrupted', async () => {
    const site = await written()
    mkdirSync(join(site, '.hakube-render'))
    writeFileSync(join(site, '.hakube-render/journal'), 'boot.ipxe\n')
    writeFileSync(join(site, 'boot.ipxe'), 'new')
    expect(await refusalOf(() => readSite(site), site)).toMatchInlineSnapshot(`
      [
        "site/damaged: DIR/boot.ipxe: has 3 bytes instead of the 7 in the manifest (a render was interrupted or is still running: render again)",
      ]
    `)
  })

  it('refuses what is not a site', async () => {
    const top = temporaryDirectory()
    expect(await refusalOf(() => readSite(top), top)).toMatchInlineSnapshot(`
      [
        "site/manifest: DIR is not a rendered site: it has no manifest.json (create one with: hakube render PROFILE --out DIR)",
      ]
    `)
    expect(await refusalOf(() => readSite(join(top, 'missing')), top)).toMatchInlineSnapshot(`
      [
        "site/input-output: cannot read DIR/missing: no such file or directory (ENOENT)",
      ]
    `)
  })

  it('reads nothing outside for a hostile manifest', async () => {
    const site = await written()
    chmodSync(join(site, 'manifest.json'), 0o644)
    const text = readFileSync(join(site, 'manifest.json'), 'utf8').replace(
      '"boot.ipxe"',
      '"../../../etc/passwd"',
    )
    writeFileSync(join(site, 'manifest.json'), text)
    expect(await refusalOf(() => readSite(site), site)).toMatchInlineSnapshot(`
      [
        "site/manifest: DIR/manifest.json is not a hakube manifest: not a path below the site’s directory at files.0.path (render the profile again, if necessary into an empty directory)",
      ]
    `)
  })
})
