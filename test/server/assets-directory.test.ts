import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { indexAssets, openAsset, type Assets } from '../../src/server/assets-directory.ts'
import { refusalOf, temporaryDirectory } from '../site/files.ts'

function directory(): string {
  const top = temporaryDirectory()
  const assets = join(top, 'assets')
  mkdirSync(join(assets, 'rocky-9.6/images'), { recursive: true })
  writeFileSync(join(top, 'outside'), 'outside')
  writeFileSync(join(assets, 'rocky-9.6/.treeinfo'), 'tree')
  writeFileSync(join(assets, 'rocky-9.6/images/vmlinuz'), 'kernel')
  writeFileSync(join(assets, 'ä b'), 'odd')
  return top
}

async function textOf(assets: Assets, name: string): Promise<string | null> {
  const asset = await openAsset(assets, name)
  if (!asset) return null
  const text = await asset.handle.readFile('utf8')
  await asset.handle.close()
  return text
}

describe('the assets directory', () => {
  it('lists regular files, hidden ones too, and follows links inside the directory', async () => {
    const top = directory()
    const assets = join(top, 'assets')
    symlinkSync('rocky-9.6', join(assets, 'current'))
    symlinkSync('rocky-9.6/images/vmlinuz', join(assets, 'kernel'))
    symlinkSync(join(assets, 'rocky-9.6/images/vmlinuz'), join(assets, 'absolute'))
    symlinkSync('..', join(assets, 'rocky-9.6/loop'))
    symlinkSync('.', join(assets, 'self'))
    symlinkSync('../outside', join(assets, 'leak'))
    symlinkSync('..', join(assets, 'above'))
    symlinkSync('/etc', join(assets, 'etc'))
    symlinkSync('nowhere', join(assets, 'broken'))
    symlinkSync('round', join(assets, 'round'))
    execFileSync('mkfifo', [join(assets, 'pipe')])
    const index = await indexAssets(assets)
    expect([...index.files.keys()].toSorted()).toEqual([
      'absolute',
      'current/.treeinfo',
      'current/images/vmlinuz',
      'kernel',
      'rocky-9.6/.treeinfo',
      'rocky-9.6/images/vmlinuz',
      'ä b',
    ])
    expect(index.skipped).toEqual(
      ['above', 'broken', 'current/loop', 'etc', 'leak', 'rocky-9.6/loop', 'round', 'self'].map((name) => ({
        name,
        why: 'link',
      })),
    )
    expect(await textOf(index, 'current/images/vmlinuz')).toBe('kernel')
    expect(await textOf(index, 'leak')).toBe(null)
    expect(await textOf(index, '../outside')).toBe(null)
    expect(await textOf(index, 'rocky-9.6')).toBe(null)
    expect(await textOf(index, '')).toBe(null)
    expect(await textOf(index, '__proto__')).toBe(null)
  })

  it('accepts a directory that is named by a link', async () => {
    const top = directory()
    symlinkSync('assets', join(top, 'link'))
    expect(await textOf(await indexAssets(join(top, 'link')), 'rocky-9.6/.treeinfo')).toBe('tree')
  })

  it('serves a file that was replaced, and none that was removed, became a link or is behind one', async () => {
    const top = directory()
    const assets = join(top, 'assets')
    for (const name of ['replaced', 'gone', 'linked', 'directory']) writeFileSync(join(assets, name), 'old')
    mkdirSync(join(assets, 'deep'))
    writeFileSync(join(assets, 'deep/file'), 'old')
    const index = await indexAssets(assets)
    const before = await openAsset(index, 'replaced')
    await before?.handle.close()
    writeFileSync(join(assets, 'new'), 'new text')
    renameSync(join(assets, 'new'), join(assets, 'replaced'))
    for (const name of ['gone', 'linked', 'directory']) rmSync(join(assets, name))
    symlinkSync('../outside', join(assets, 'linked'))
    mkdirSync(join(assets, 'directory'))
    renameSync(join(assets, 'deep'), join(top, 'deep'))
    symlinkSync('../deep', join(assets, 'deep'))
    const after = await openAsset(index, 'replaced')
    expect(await after?.handle.readFile('utf8')).toBe('new text')
    await after?.handle.close()
    expect(after?.size).toBe(8)
    expect(after?.etag).not.toBe(before?.etag)
    const names = ['gone', 'linked', 'directory', 'deep/file']
    expect(await Promise.all(names.map((name) => textOf(index, name)))).toEqual([null, null, null, null])
  })

  it('gives two names of one file the same tag, and another after a change', async () => {
    const assets = join(directory(), 'assets')
    linkSync(join(assets, 'ä b'), join(assets, 'twin'))
    const index = await indexAssets(assets)
    const tag = async (name: string): Promise<string | undefined> => {
      const asset = await openAsset(index, name)
      await asset?.handle.close()
      return asset?.etag
    }
    const first = await tag('twin')
    expect(await tag('ä b')).toBe(first)
    utimesSync(join(assets, 'twin'), 1, 1)
    expect(await tag('ä b')).not.toBe(first)
  })

  it('reports what cannot be read', async () => {
    const top = directory()
    expect(await refusalOf(() => indexAssets(join(top, 'missing')), top)).toMatchInlineSnapshot(`
      [
        "serve/assets: cannot serve assets from DIR/missing: no such file or directory (ENOENT) (create the directory; hakube assets PROFILE --dir DIR does, and downloads most of the files)",
      ]
    `)
    expect(await refusalOf(() => indexAssets(join(top, 'outside')), top)).toMatchInlineSnapshot(`
      [
        "serve/assets: cannot serve assets from DIR/outside: not a directory (ENOTDIR)",
      ]
    `)
  })
})
