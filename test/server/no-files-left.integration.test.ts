import { writeFileSync } from 'node:fs'
import type * as FileSystem from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../site/files.ts'
import { ask, serve } from './serve.ts'

const refusals: string[] = []

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>()
  return {
    ...real,
    open: async (...words: Parameters<typeof real.open>) => {
      const code = refusals.shift()
      if (code === undefined) return real.open(...words)
      throw Object.assign(new Error(code), { code, syscall: 'open', errno: -24 })
    },
  }
})

it.each(['EMFILE', 'ENFILE'])(
  'an asset that cannot be opened because of %s is to be requested again, and is not reported as a bug in hakube',
  async (code) => {
    const assets = temporaryDirectory()
    writeFileSync(join(assets, 'kernel'), 'kernel')
    const { port, faults } = await serve({ assets })
    refusals.push(code)
    const { status, headers, body } = await ask(port, '/assets/kernel')
    expect({ status, again: headers['retry-after'], body }).toEqual({
      status: 503,
      again: '5',
      body: 'too many downloads, try again\n',
    })
    expect((await ask(port, '/assets/kernel')).body).toBe('kernel')
    expect(faults).toEqual([])
  },
)
