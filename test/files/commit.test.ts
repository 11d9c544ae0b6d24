import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCommit } from '../../src/files/commit.ts'
import { gitIn } from '../../src/files/git.ts'
import type { FileReader } from '../../src/files/reader.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const git = gitIn({ PATH: process.env['PATH'], HOME: '/nonexistent' })

let repository: Repository
let first = ''
let second = ''
let elsewhere = ''
beforeAll(() => {
  repository = makeRepository()
  elsewhere = mkdtempSync(join(tmpdir(), 'hakube-elsewhere-'))
  repository.write({
    'a/b.txt': 'one\n',
    'a/ü *.txt': 'star\n',
    bytes: new Uint8Array([0, 255, 13, 10]),
    'gone/x': 'x\n',
  })
  repository.link('a/link', 'b.txt')
  repository.link('directory', 'a')
  repository.link('out', '/etc/hostname')
  repository.link('up', '../..')
  repository.link('round', 'round')
  first = repository.commit()
  repository.write({ 'a/b.txt': 'two\n', 'gone/x': null })
  second = repository.commit()
  repository.write({ 'a/b.txt': 'not committed\n' })
})
afterAll(() => {
  repository.remove()
  rmSync(elsewhere, { recursive: true })
})

async function open(revision: string, path = 'a/b.txt'): Promise<FileReader> {
  const opened = await openCommit(git, join(repository.directory, path), revision)
  if ('refusal' in opened) throw new Error(opened.refusal.message)
  return opened.reader
}

async function text(reader: FileReader, path: string): Promise<string> {
  try {
    const content = await reader.read(join(repository.directory, path), 1000)
    return 'bytes' in content
      ? Buffer.from(content.bytes).toString('latin1')
      : `too large: ${content.tooLarge}`
  } catch (fault) {
    return fault instanceof Error ? fault.message.replaceAll(repository.directory, '') : 'no error'
  }
}

describe('files of a commit', () => {
  it('are those of the commit, whatever the working tree contains', async () => {
    const [old, now] = [await open('HEAD~1'), await open('main')]
    expect([old.commit, now.commit]).toEqual([first, second])
    expect([await text(old, 'a/b.txt'), await text(now, 'a/b.txt')]).toEqual(['one\n', 'two\n'])
    expect([await text(old, 'gone/x'), await text(now, 'gone/x')]).toEqual(['x\n', 'ENOENT: /gone/x'])
  })
  it('are found even if their directory was removed from the working tree', async () => {
    rmSync(join(repository.directory, 'gone'), { recursive: true, force: true })
    expect(await text(await open(first, 'gone/x'), 'gone/x')).toBe('x\n')
  })
  it('are the same bytes, under any name', async () => {
    const reader = await open('HEAD')
    expect(await text(reader, 'bytes')).toBe('\u0000ÿ\r\n')
    expect(await text(reader, 'a/ü *.txt')).toBe('star\n')
    expect(await reader.read(join(repository.directory, 'a/b.txt'), 3)).toEqual({ tooLarge: 4 })
    expect(await reader.stat(join(repository.directory, 'a/b.txt'))).toEqual({ kind: 'file', size: 4 })
    expect((await reader.stat(join(repository.directory, 'a'))).kind).toBe('directory')
    expect((await reader.stat(repository.directory)).kind).toBe('directory')
  })
  it('are found by the links of the commit, which lead nowhere else', async () => {
    const reader = await open('HEAD')
    expect(await text(reader, 'a/link')).toBe('two\n')
    expect(await text(reader, 'directory/link')).toBe('two\n')
    expect(await reader.realPath(join(repository.directory, 'directory/link'))).toBe(
      join(repository.directory, 'a/b.txt'),
    )
    expect(await reader.realPath(join(repository.directory, 'out'))).toBe('/etc/hostname')
    expect(await text(reader, 'out')).toBe('ENOENT: /out')
    expect(await text(reader, 'up/etc/hostname')).toBe('ENOENT: /up/etc/hostname')
    expect(await text(reader, 'round')).toBe('ELOOP: /round')
    expect(await text(reader, 'a')).toBe('EISDIR: /a')
  })
  it('are found by a path that leads to the repository by a link', async () => {
    symlinkSync(repository.directory, join(elsewhere, 'link'))
    const opened = await openCommit(git, join(elsewhere, 'link/a/b.txt'), 'HEAD')
    if ('refusal' in opened) throw new Error(opened.refusal.message)
    const content = await opened.reader.read(join(elsewhere, 'link/a/b.txt'), 100)
    expect('bytes' in content && Buffer.from(content.bytes).toString()).toBe('two\n')
  })
})

const refusal = async (path: string, revision: string, from = git) => {
  const opened = await openCommit(from, path, revision)
  return 'refusal' in opened
    ? `${opened.refusal.code}: ${opened.refusal.message.replaceAll(repository.directory, 'TOP').replaceAll(elsewhere, 'ELSEWHERE')}`
    : 'opened'
}

describe('a commit that cannot be opened', () => {
  it.each(['nope', '--all', 'HEAD:a', 'HEAD^9', ''])('has the name %j', async (revision) => {
    expect(await refusal(join(repository.directory, 'a/b.txt'), revision)).toBe(
      `git/unknown-revision: the repository TOP has no revision ${revision}`,
    )
  })
  it('is in no repository', async () => {
    expect(await refusal(join(elsewhere, 'x.yaml'), 'HEAD')).toBe(
      'git/no-repository: ELSEWHERE/x.yaml is not in the working tree of a git repository',
    )
  })
  it('has no git to read it', async () => {
    const none = gitIn({ PATH: elsewhere })
    expect(await refusal(join(repository.directory, 'a/b.txt'), 'HEAD', none)).toBe(
      'git/missing: git is not installed, but is needed to read a revision',
    )
  })
  it('is not searched where environment variables of git point', async () => {
    const misled = gitIn({ PATH: process.env['PATH'], HOME: '/', GIT_DIR: elsewhere })
    expect(await refusal(join(repository.directory, 'a/b.txt'), 'HEAD', misled)).toBe('opened')
  })
})
