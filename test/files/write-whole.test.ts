import { Refusal } from '../../src/diagnostics/refusal.ts'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LockHeldError, takeLock } from '../../src/files/lock.ts'
import { isDraftOf, writeWhole } from '../../src/files/write-whole.ts'
import { openWorkspace } from '../../src/site/workspace.ts'

let directory = ''
let victim = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-whole-'))
  victim = join(directory, 'victim')
  writeFileSync(victim, 'precious', { mode: 0o644 })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const victimNow = () => ({ text: readFileSync(victim, 'utf8'), mode: statSync(victim).mode & 0o777 })
const untouched = { text: 'precious', mode: 0o644 }

const messageOf = (work: () => unknown): string[] => {
  try {
    work()
    return []
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return fault.diagnostics.map(({ code, message, hint }) =>
      `${code}: ${message}; ${hint}`.replace(directory, 'DIR'),
    )
  }
}

async function* pieces(fails: boolean): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a')
  if (fails) throw new Error('broken')
  yield Buffer.from('b')
}

describe('a file is written whole or not at all', () => {
  it('replaces anything in its place, has its mode, and leaves nothing beside it', async () => {
    const file = join(directory, 'file')
    await writeWhole(file, 'one', 0o640)
    await writeWhole(file, 'two', 0o600)
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['two', 0o600])
    expect(readdirSync(directory)).toEqual(['file', 'victim'])
  })

  it('replaces a link, whose target stays', async () => {
    symlinkSync(victim, join(directory, 'file'))
    await writeWhole(join(directory, 'file'), 'new', 0o600)
    expect(lstatSync(join(directory, 'file')).isFile()).toBe(true)
    expect(victimNow()).toEqual(untouched)
  })

  it('is written from pieces; if one fails, the old file stays and no temporary file does', async () => {
    const file = join(directory, 'file')
    await writeWhole(file, pieces(false), 0o600)
    await expect(writeWhole(file, pieces(true), 0o600)).rejects.toThrow('broken')
    expect(readFileSync(file, 'utf8')).toBe('ab')
    expect(readdirSync(directory)).toEqual(['file', 'victim'])
  })

  it('distinguishes what a killed run left from the files of others', () => {
    const names = [
      '.f.12.new',
      '.f.12.0123456789abcdef.new',
      '.f.lock',
      '.f.new',
      '.f.x.new',
      'f.12.new',
      '.g.12.new',
    ]
    expect(names.filter((name) => isDraftOf('/somewhere/f', name))).toEqual([
      '.f.12.new',
      '.f.12.0123456789abcdef.new',
    ])
  })
})

describe('a lock in a directory to which others write', () => {
  it('does not follow links planted under the names of temporary files', () => {
    const lock = join(directory, 'lock')
    for (let pid = process.pid - 5; pid < process.pid + 5; pid += 1)
      for (const ending of ['', '.new']) symlinkSync(victim, `${lock}.${pid}${ending}`)
    takeLock(lock).release()
    expect(victimNow()).toEqual(untouched)
  })

  it('neither waits for a pipe nor follows a link in its own place', () => {
    execFileSync('mkfifo', [join(directory, 'pipe')])
    symlinkSync(victim, join(directory, 'link'))
    for (const name of ['pipe', 'link']) expect(() => takeLock(join(directory, name))).toThrow(LockHeldError)
    expect(readdirSync(directory)).toEqual(['link', 'pipe', 'victim'])
    expect(victimNow()).toEqual(untouched)
  })
})

describe('the workspace of a render', () => {
  it('is refused when other users can write to it', () => {
    mkdirSync(join(directory, '.hakube-render'))
    chmodSync(join(directory, '.hakube-render'), 0o777)
    expect(messageOf(() => openWorkspace(directory))).toEqual([
      'output/foreign-file: DIR/.hakube-render is not safe: other users can write to it, and hakube would write keys there; remove it, or choose another directory with --out',
    ])
  })

  it.runIf(process.getuid?.() === 0)('is refused when it belongs to another user', () => {
    mkdirSync(join(directory, '.hakube-render'), { mode: 0o700 })
    chownSync(join(directory, '.hakube-render'), 65534, 65534)
    expect(messageOf(() => openWorkspace(directory))).toEqual([
      'output/foreign-file: DIR/.hakube-render is not safe: it belongs to another user, and hakube would write keys there; remove it, or choose another directory with --out',
    ])
  })
})
