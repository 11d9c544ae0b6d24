import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { indexAssets, noAssets } from '../../src/server/assets-directory.ts'
import { assetDiagnostics, compareAssets } from '../../src/server/compared-assets.ts'
import { temporaryDirectory } from '../site/files.ts'

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const going = new AbortController().signal
const need = (path: string, sha256: string | null = null) => ({ what: 'file', path, source: 'there', sha256 })

/** A directory with a file of each kind. */
function makeDirectory(): string {
  const directory = temporaryDirectory()
  const write = (name: string, text: string, mode = 0o644) => {
    writeFileSync(join(directory, name), text)
    chmodSync(join(directory, name), mode)
  }
  mkdirSync(join(directory, 'closed'), { mode: 0o700 })
  write('right', 'right')
  write('altered', 'altered')
  write('unverified', 'kernel')
  write('empty', '')
  write('empty-with-sum', '')
  write('private', 'private', 0o600)
  write('closed/file', 'file')
  symlinkSync('/nowhere', join(directory, 'link'))
  return directory
}

const needed = [
  need('right', sumOf('right')),
  { ...need('altered', sumOf('right')), from: ['manifests', 0] },
  need('unverified'),
  need('empty'),
  need('empty-with-sum', sumOf('something')),
  need('private'),
  need('closed/file'),
  need('link'),
  need('not-there', sumOf('something')),
]

describe('files that machines need', () => {
  it('are compared with those in the directory', async () => {
    const compared = await compareAssets(needed, await indexAssets(makeDirectory()), going)
    expect(compared.map(({ path, size, state }) => [path, size, state])).toEqual([
      ['right', 5, 'right'],
      ['altered', 7, 'altered'],
      ['unverified', 6, 'unverified'],
      ['empty', 0, 'empty'],
      ['empty-with-sum', 0, 'empty'],
      ['private', null, 'private'],
      ['closed/file', null, 'private'],
      ['link', null, 'link'],
      ['not-there', null, 'missing'],
    ])
    expect(
      assetDiagnostics(compared, 'DIR').map(({ code, message, hint, path }) => [code, message, hint, path]),
    ).toEqual([
      [
        'assets/altered',
        `assets/altered (file) has sha256 ${sumOf('altered')}, but the profile has ${sumOf('right')}: machines will refuse it`,
        'take it from there',
        ['manifests', 0],
      ],
      ['assets/empty', 'assets/empty (file) is empty', 'take it from there', undefined],
      ['assets/empty', 'assets/empty-with-sum (file) is empty', 'take it from there', undefined],
      ...['private', 'closed/file'].map((path) => [
        'assets/not-served',
        `assets/${path} (file) is not readable by others, so no machine gets it`,
        'chmod -R o+rX DIR',
        undefined,
      ]),
      [
        'assets/not-served',
        'assets/link (file) is a broken link or a link out of the directory, so no machine gets it',
        'put the file itself there, or a link to a file inside the directory',
        undefined,
      ],
      [
        'assets/missing',
        'machines will ask for assets/not-there (file), and it is not in DIR',
        'take it from there',
        undefined,
      ],
    ])
  })

  it('are all missing without a directory', async () => {
    const compared = await compareAssets([need('kernel')], noAssets, going)
    expect(assetDiagnostics(compared, null).map(({ message }) => message)).toEqual([
      'machines will ask for assets/kernel (file), and there is no --assets DIR to take it from',
    ])
  })

  it('are not read once the run is stopped', async () => {
    expect(await compareAssets(needed, await indexAssets(makeDirectory()), AbortSignal.abort())).toEqual([])
  })
})
