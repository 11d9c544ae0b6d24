import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openCommit } from '../../src/files/commit.ts'
import { gitIn } from '../../src/files/git.ts'
import { areAsCommitted } from '../../src/files/same-as-commit.ts'

const git = gitIn({ PATH: process.env['PATH'], HOME: '/nonexistent' })

let top = ''
afterEach(() => rmSync(top, { recursive: true, force: true }))

const same = async (...names: string[]): Promise<boolean> => {
  const opened = await openCommit(git, join(top, 'profile.yaml'), 'HEAD')
  if ('refusal' in opened) throw new Error(opened.refusal.message)
  return areAsCommitted(
    git,
    opened.reader,
    names.map((name) => join(top, name)),
  )
}
describe.each(['sha1', 'sha256'])('in a repository of %s', (format) => {
  const commit = (files: Readonly<Record<string, string>>): void => {
    top = mkdtempSync(join(tmpdir(), 'hakube-same-'))
    const run = (...words: string[]) => execFileSync('git', words, { cwd: top, stdio: 'pipe' })
    run('init', '--quiet', `--object-format=${format}`)
    mkdirSync(join(top, 'below'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(top, name), text)
    symlinkSync('below/file', join(top, 'link'))
    run('add', '--all')
    run('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '--quiet', '--message', 'x')
  }

  it('compares bytes, not times; a file that neither has is equal', async () => {
    commit({ 'profile.yaml': 'one\n', 'below/file': 'two\n' })
    writeFileSync(join(top, 'profile.yaml'), 'one\n')
    expect(await same('profile.yaml', 'below/file', 'link', 'none', 'below/none')).toBe(true)
  })

  it('finds what was changed, added, removed, or is behind a link', async () => {
    commit({ 'profile.yaml': 'one\n', 'below/file': 'two\n', gone: 'three\n' })
    writeFileSync(join(top, 'profile.yaml'), 'one\r\n')
    writeFileSync(join(top, 'below/file'), 'tow\n')
    writeFileSync(join(top, 'added'), 'new\n')
    rmSync(join(top, 'gone'))
    const names = ['profile.yaml', 'below/file', 'link', 'added', 'gone']
    expect(await Promise.all(names.map((name) => same(name)))).toEqual(names.map(() => false))
  })

  it('ignores a change that is only staged', async () => {
    commit({ 'profile.yaml': 'one\n', 'below/file': 'two\n' })
    writeFileSync(join(top, 'profile.yaml'), 'two\n')
    execFileSync('git', ['add', 'profile.yaml'], { cwd: top })
    writeFileSync(join(top, 'profile.yaml'), 'one\n')
    expect(await same('profile.yaml')).toBe(true)
  })
})
