import { describe, expect, it } from 'vitest'
import {
  buildManifest,
  formatManifest,
  isSitePath,
  manifestEntry,
  parseManifest,
} from '../../src/site/manifest.ts'
import { about, macs, refusalOf, siteFile } from './files.ts'

const entries = [
  siteFile(`seed/${macs.one}/user-data`, 'secret\n', { machine: 'lb1', secret: true }),
  siteFile('boot.ipxe', '#!ipxe\n'),
].map(manifestEntry)

const manifest = buildManifest(about, entries)

describe('manifest', () => {
  it('has files sorted by path, every MAC, keys in a fixed order and a final newline', () => {
    expect(formatManifest(manifest)).toMatchInlineSnapshot(`
      "{
        "manifest": 1,
        "hakube": "0.1.0",
        "profile": "example",
        "commit": "0123456789abcdef0123456789abcdef01234567",
        "throwAwaySecrets": true,
        "machines": {
          "52-54-00-aa-bb-01": {
            "name": "lb1",
            "mac": "52-54-00-aa-bb-01"
          },
          "52-54-00-aa-bb-02": {
            "name": "lb2",
            "mac": "52-54-00-aa-bb-02"
          },
          "52-54-00-aa-bb-11": {
            "name": "lb1",
            "mac": "52-54-00-aa-bb-01"
          }
        },
        "files": [
          {
            "path": "boot.ipxe",
            "secret": false,
            "contentType": "text/plain; charset=utf-8",
            "size": 7,
            "sha256": "a199da1b036167d4a4f6fc86cb0514ba499e5875e1bab224be43e4c4ad0afb33"
          },
          {
            "path": "seed/52-54-00-aa-bb-01/user-data",
            "machine": "lb1",
            "secret": true,
            "contentType": "text/plain; charset=utf-8",
            "size": 7,
            "sha256": "b37e50cedcd3e3f1ff64f4afc0422084ae694253cf399326868e07a35f4a45fb"
          }
        ]
      }
      "
    `)
  })

  it('is read back as it was', () => {
    expect(parseManifest(formatManifest(manifest), 'manifest.json')).toEqual(manifest)
  })

  it('refuses a duplicate path', () => {
    expect(() => buildManifest(about, [...entries, ...entries])).toThrow(
      'two files of the site have the path boot.ipxe',
    )
  })

  it.each([
    '',
    '/',
    '/etc/passwd',
    '../a',
    'a/../b',
    'a/./b',
    'a//b',
    'a/',
    '.hidden',
    'a/.b',
    'a\\b',
    'a b',
    'a\n',
    'ä',
  ])('refuses the path %j', (path) => {
    expect(isSitePath(path)).toBe(false)
    expect(() => manifestEntry(siteFile(path, ''))).toThrow('not a path of a site')
  })

  it('refuses its own path', () => {
    expect(isSitePath('manifest.json')).toBe(false)
    expect(isSitePath('seed/manifest.json')).toBe(true)
  })
})

describe('an invalid manifest', () => {
  const file = manifest.files[0]!
  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['someone else’s', '{"name":"app","icons":[]}'],
    ['of a later version', JSON.stringify({ ...manifest, manifest: 2 })],
    ['with an unknown key', JSON.stringify({ ...manifest, extra: 1 })],
    [
      'with a path that leaves the directory',
      JSON.stringify({ ...manifest, files: [{ ...file, path: '../../etc/passwd' }] }),
    ],
    ['with an absolute path', JSON.stringify({ ...manifest, files: [{ ...file, path: '/etc/passwd' }] })],
    ['with a path twice', JSON.stringify({ ...manifest, files: [file, file] })],
    [
      'with a line feed for a head',
      JSON.stringify({ ...manifest, files: [{ ...file, contentType: 'a\r\nSet-Cookie: b' }] }),
    ],
    ['with a negative size', JSON.stringify({ ...manifest, files: [{ ...file, size: -1 }] })],
    ['with a short hash', JSON.stringify({ ...manifest, files: [{ ...file, sha256: 'ab' }] })],
    [
      'with a MAC in another spelling',
      JSON.stringify({ ...manifest, machines: { '52:54:00:AA:BB:01': { name: 'a', mac: macs.one } } }),
    ],
  ])('is refused: %s', async (_name, text) => {
    expect(await refusalOf(() => parseManifest(text, 'manifest.json'))).toMatchSnapshot()
  })
})
