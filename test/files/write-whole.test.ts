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
import { SiteError } from '../../src/site/site-error.ts'
import { openWorkspace } from '../../src/site/workspace.ts'

let folder = ''
let victim = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hakube-whole-'))
  victim = join(folder, 'victim')
  writeFileSync(victim, 'precious', { mode: 0o644 })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const victimNow = () => ({ text: readFileSync(victim, 'utf8'), mode: statSync(victim).mode & 0o777 })
const untouched = { text: 'precious', mode: 0o644 }

const messageOf = (work: () => unknown): string[] => {
  try {
    work()
    return []
  } catch (fault) {
    if (!(fault instanceof SiteError)) throw fault
    return fault.diagnostics.map(({ code, message, hint }) =>
      `${code}: ${message}; ${hint}`.replace(folder, 'DIR'),
    )
  }
}

async function* pieces(fails: boolean): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a')
  if (fails) throw new Error('broken')
  yield Buffer.from('b')
}

describe('a file is written whole or not at all', () => {
  it('with its mode, whatever stood there, and nothing beside it', async () => {
    const file = join(folder, 'file')
    await writeWhole(file, 'one', 0o640)
    await writeWhole(file, 'two', 0o600)
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['two', 0o600])
    expect(readdirSync(folder)).toEqual(['file', 'victim'])
  })

  it('in the place of a link, whose target stays', async () => {
    symlinkSync(victim, join(folder, 'file'))
    await writeWhole(join(folder, 'file'), 'new', 0o600)
    expect(lstatSync(join(folder, 'file')).isFile()).toBe(true)
    expect(victimNow()).toEqual(untouched)
  })

  it('from pieces; when one fails, the old file is there and no draft', async () => {
    const file = join(folder, 'file')
    await writeWhole(file, pieces(false), 0o600)
    await expect(writeWhole(file, pieces(true), 0o600)).rejects.toThrow('broken')
    expect(readFileSync(file, 'utf8')).toBe('ab')
    expect(readdirSync(folder)).toEqual(['file', 'victim'])
  })

  it('and what a killed run left is told from the files of others', () => {
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

describe('a lock in a directory where others write', () => {
  it('does not follow links planted under the names that drafts had', () => {
    const lock = join(folder, 'lock')
    for (let pid = process.pid - 5; pid < process.pid + 5; pid += 1)
      for (const ending of ['', '.new']) symlinkSync(victim, `${lock}.${pid}${ending}`)
    takeLock(lock).release()
    expect(victimNow()).toEqual(untouched)
  })

  it('neither waits for a pipe nor follows a link in its own place', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    symlinkSync(victim, join(folder, 'link'))
    for (const name of ['pipe', 'link']) expect(() => takeLock(join(folder, name))).toThrow(LockHeldError)
    expect(readdirSync(folder)).toEqual(['link', 'pipe', 'victim'])
    expect(victimNow()).toEqual(untouched)
  })
})

describe('the workspace of a render', () => {
  it('is refused when others may write to it', () => {
    mkdirSync(join(folder, '.hakube-render'))
    chmodSync(join(folder, '.hakube-render'), 0o777)
    expect(messageOf(() => openWorkspace(folder))).toEqual([
      'output/foreign-file: DIR/.hakube-render is not used: others may write to it, and files with keys would be written there; remove it, or name another directory with --out',
    ])
  })

  it.runIf(process.getuid?.() === 0)('is refused when it belongs to another user', () => {
    mkdirSync(join(folder, '.hakube-render'), { mode: 0o700 })
    chownSync(join(folder, '.hakube-render'), 65534, 65534)
    expect(messageOf(() => openWorkspace(folder))).toEqual([
      'output/foreign-file: DIR/.hakube-render is not used: it belongs to another user, and files with keys would be written there; remove it, or name another directory with --out',
    ])
  })
})
