import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type * as FileSystem from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Assets, indexAssets, openAsset } from '../../src/server/assets-directory.ts'
import { temporaryDirectory } from '../site/files.ts'

/*
 * Who may write into the directory of the assets puts a link in the place of a directory between two looks of the server. The looks are the
 * real ones; only the moment is chosen.
 */

type Moment = { call: keyof typeof FileSystem; path: RegExp; before?: () => void; after?: () => void }
const moments: Moment[] = []

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>()
  const wrap = (call: Moment['call']) => [
    call,
    async (path: string, ...rest: unknown[]) => {
      const at = moments.findIndex((moment) => moment.call === call && moment.path.test(path))
      const [moment] = at < 0 ? [] : moments.splice(at, 1)
      moment?.before?.()
      try {
        return await (real[call] as (...words: unknown[]) => Promise<unknown>)(path, ...rest)
      } finally {
        moment?.after?.()
      }
    },
  ]
  const calls = ['open', 'readdir', 'realpath', 'stat', 'lstat', 'readlink'] as const
  return { ...real, ...Object.fromEntries(calls.map(wrap)) }
})

let top = ''
let assets = ''
/** Puts a link to the secret directory in the place of `assets/deep`, and the directory back. */
const swap = (): void => {
  renameSync(join(assets, 'deep'), join(top, 'aside'))
  symlinkSync(join(top, 'secret'), join(assets, 'deep'))
}
const swapBack = (): void => {
  rmSync(join(assets, 'deep'))
  renameSync(join(top, 'aside'), join(assets, 'deep'))
}

beforeEach(() => {
  top = temporaryDirectory()
  assets = join(top, 'assets')
  for (const directory of ['secret/more', 'assets/deep/more'])
    mkdirSync(join(top, directory), { recursive: true })
  for (const name of ['file', 'more/file']) {
    writeFileSync(join(top, 'secret', name), 'SECRET')
    writeFileSync(join(assets, 'deep', name), 'kernel')
  }
  writeFileSync(join(top, 'secret/only-here'), 'SECRET')
})
afterEach(() => {
  const left = moments.splice(0)
  // A moment that never came would prove nothing.
  if (left.length > 0) throw new Error(`${left.length} moments did not come`)
})

async function texts(list: Assets): Promise<Record<string, string | null>> {
  const all: Record<string, string | null> = {}
  for (const name of list.files.keys()) {
    const opened = await openAsset(list, name)
    all[name] = opened ? await opened.handle.readFile('utf8') : null
    await opened?.handle.close()
  }
  return all
}

const whole = { 'deep/file': 'kernel', 'deep/more/file': 'kernel' }

describe('a directory that becomes a link', () => {
  it('reveals nothing of its target while its parent is listed', async () => {
    // Between the entry of the parent, which says directory, and the look into it.
    moments.push({ call: 'open', path: /\/assets\/deep$/, before: swap })
    const list = await indexAssets(assets)
    expect([...list.files.keys()]).toEqual([])
    expect(list.skipped).toEqual([{ name: 'deep', why: 'link' }])
  })

  it('reveals nothing of its target while a directory below it is opened', async () => {
    moments.push({ call: 'open', path: /\/assets\/deep\/more$/, before: swap, after: swapBack })
    expect(await texts(await indexAssets(assets))).toEqual({ 'deep/file': 'kernel' })
  })

  it('is listed as the opened directory while it is being listed', async () => {
    moments.push(
      { call: 'readdir', path: /./ },
      { call: 'readdir', path: /./, before: swap, after: swapBack },
    )
    const list = await indexAssets(assets)
    expect([...list.files.keys()]).not.toContain('deep/only-here')
    expect(await texts(list)).toEqual(whole)
  })

  it('serves none of its files if it becomes a link after it was opened', async () => {
    moments.push({ call: 'readdir', path: /./ }, { call: 'readdir', path: /./, before: swap })
    const list = await indexAssets(assets)
    expect([...list.files.keys()]).not.toContain('deep/only-here')
    for (const text of Object.values(await texts(list))) expect(text).toBe(null)
  })

  it('reveals nothing of its target just while a file is opened', async () => {
    const list = await indexAssets(assets)
    for (const name of Object.keys(whole)) {
      // Each try meets it: the path is right again before anyone can look at it.
      for (let tries = 0; tries < 3; tries++)
        moments.push({ call: 'open', path: /file$/, before: swap, after: swapBack })
      expect(await openAsset(list, name)).toBe(null)
    }
    expect(await texts(list)).toEqual(whole)
  })

  it('does not affect the client if it is a link only for a moment', async () => {
    const list = await indexAssets(assets)
    moments.push({ call: 'open', path: /file$/, before: swap, after: swapBack })
    expect(await texts(list)).toEqual(whole)
  })

  it('reveals nothing behind a link inside the directory either', async () => {
    symlinkSync('deep', join(assets, 'current'))
    moments.push({ call: 'realpath', path: /current$/, after: swap })
    const list = await indexAssets(assets)
    swapBack()
    expect(Object.values(await texts(list)).filter((text) => text !== 'kernel')).toEqual([])
    expect([...list.files.keys()].filter((name) => name.includes('only-here'))).toEqual([])
  })
})

describe('a file that becomes a link', () => {
  it('reveals nothing of its target just while it is opened', async () => {
    const list = await indexAssets(assets)
    const file = join(assets, 'deep/file')
    const before = () => {
      renameSync(file, join(top, 'aside'))
      symlinkSync(join(top, 'secret/file'), file)
    }
    const after = () => renameSync(join(top, 'aside'), file)
    moments.push({ call: 'open', path: /deep\/file$/, before, after })
    expect(await openAsset(list, 'deep/file')).toBe(null)
    expect(await texts(list)).toEqual(whole)
  })

  it('is not listed if it became a link just before', async () => {
    const file = join(assets, 'deep/file')
    moments.push({
      call: 'lstat',
      path: /\/file$/,
      before: () => {
        rmSync(file)
        symlinkSync(join(top, 'secret/file'), file)
      },
    })
    expect([...(await indexAssets(assets)).files.keys()]).toEqual(['deep/more/file'])
  })
})

it('a file that is replaced while it is opened is served completely', async () => {
  const list = await indexAssets(assets)
  const file = join(assets, 'deep/file')
  const after = () => {
    writeFileSync(join(top, 'new'), 'newer kernel')
    renameSync(join(top, 'new'), file)
  }
  moments.push({ call: 'open', path: /deep\/file$/, after })
  expect(await texts(list)).toEqual({ ...whole, 'deep/file': 'newer kernel' })
})
