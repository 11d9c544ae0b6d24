import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inTemporaryDirectory, temporaryTop } from '../../src/check/temporary.ts'

let top = ''
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'hakube-temporary-'))
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

describe('inTemporaryDirectory', () => {
  it('is accessible only to its owner, and is removed even when the work fails', async () => {
    let path = ''
    const work = inTemporaryDirectory({ TMPDIR: top }, async (given) => {
      path = given
      expect(statSync(given).mode & 0o777).toBe(0o700)
      throw new Error('broken')
    })
    await expect(work).rejects.toThrow('broken')
    expect(existsSync(path)).toBe(false)
  })

  it('removes what dead runs left, and nothing else', async () => {
    const space = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]
    let living = ''
    await inTemporaryDirectory({ TMPDIR: top }, async (given) => {
      living = basename(given)
      const dead = `hakube-check-${space}-${process.pid}-1-abcdef`
      const others = [
        'hakube-check-abcdef',
        `hakube-check-1-${process.pid}-1-abcdef`,
        `hakube-check-${space}-${process.pid}-1-abcdef-mine`,
        'mine',
      ]
      for (const name of [dead, ...others]) mkdirSync(join(top, name, 'below'), { recursive: true })
      await inTemporaryDirectory({ TMPDIR: top }, async () => undefined)
      expect(readdirSync(top).toSorted()).toEqual([...others, living].toSorted())
    })
  })
})

describe('temporaryTop', () => {
  it('is the directory in TMPDIR', () => {
    expect(temporaryTop({ TMPDIR: '/somewhere', XDG_RUNTIME_DIR: '/run/user/0' })).toBe('/somewhere')
  })

  it.runIf(existsSync('/dev/shm'))(
    'is otherwise in memory; a runtime directory that is not in memory is ignored',
    () => {
      expect(temporaryTop({})).toBe('/dev/shm')
      expect(temporaryTop({ XDG_RUNTIME_DIR: '/proc' })).toBe('/dev/shm')
      expect(temporaryTop({ XDG_RUNTIME_DIR: 'relative' })).toBe('/dev/shm')
    },
  )
})
