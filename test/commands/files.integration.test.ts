import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { action as files } from '../../src/commands/files/action.ts'
import { exampleFile } from '../example.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { context } from './context.ts'
import { hakube } from './hakube.ts'

const machine = 'sample-haproxy-001'
const profile = exampleFile('external-load-balancers')
const text = readFileSync(profile, 'utf8')

describe('hakube files', () => {
  let directory = ''
  let repository: Repository
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-files-'))
    repository = makeRepository()
    repository.write({ 'profile.yaml': text })
    repository.commit()
    repository.write({
      'profile.yaml': text.replace(/^files:$/m, 'files:\n  - path: /etc/issue.d/rack\n    content: hello\n'),
    })
  })
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true })
    repository.remove()
  })
  const run = (...words: string[]) =>
    hakube(['files', ...words, '--ephemeral-secrets'], { directory: repository.directory })

  it('writes a tree that only its owner may enter, and refuses a directory in use', () => {
    const out = join(directory, 'tree')
    expect(run('profile.yaml', machine, '--out', out)).toEqual({ status: 0, stdout: '', stderr: '' })
    const mode = (path: string) => (statSync(join(out, path)).mode & 0o777).toString(8)
    expect([mode(''), mode('.hakube/manifest'), mode('etc/hosts'), mode('etc/sudoers.d/hakube')]).toEqual([
      '700',
      '600',
      '644',
      '440',
    ])
    expect(readFileSync(join(out, 'etc/issue.d/rack'), 'utf8')).toBe('hello')
    expect(run('profile.yaml', machine, '--out', out).stderr).toContain(
      `error[output/directory-in-use]: ${out} is not empty`,
    )
  })

  it('writes only what has changed since a commit, and the required actions', () => {
    const tar = join(directory, 'since.tar')
    const made = run('profile.yaml', machine, '--changed-since', 'HEAD', '--tar', tar)
    expect(made).toEqual({ status: 0, stdout: '', stderr: '' })
    expect((statSync(tar).mode & 0o777).toString(8)).toBe('600')
    const list = execFileSync('tar', ['--list', '--file', tar], { encoding: 'utf8' })
    expect(list.split('\n').filter((name) => !name.endsWith('/'))).toEqual([
      '.hakube/manifest',
      'etc/hakube/inventory',
      'etc/issue.d/rack',
      '',
    ])
    const manifest = execFileSync('tar', ['--extract', '--to-stdout', '--file', tar, '.hakube/manifest'], {
      encoding: 'utf8',
    })
    expect(manifest).toMatch(/^since\tHEAD$/m)
    expect(manifest).toMatch(/^file\t0644\troot:root\t[0-9a-f]{64}\t-\t.etc.issue.d.rack$/m)
  })

  it.each([
    [['profile.yaml', machine], 2, 'hakube: say where to write: --tar FILE, --tar - or --out DIR'],
    [['profile.yaml', 'sample-haproxy-1', '--tar', '-'], 1, 'has no machine sample-haproxy-1: did you mean'],
    [
      ['profile.yaml', machine, '--tar', '-', '--changed-since', 'nowhere'],
      1,
      'cannot be compared as it is in nowhere',
    ],
  ])('%j ends with %i', (words, status, message) => {
    const { status: found, stdout, stderr } = run(...words)
    expect([found, stdout]).toEqual([status, ''])
    expect(stderr).toContain(message)
  })

  it('writes no archive to a terminal', async () => {
    const outside = context([profile, machine], { tar: '-', 'ephemeral-secrets': true }, 'files')
    const stdout = { ...outside.context.stdout, terminal: true }
    expect(await files({ ...outside.context, stdout })).toBe(2)
    expect(outside.stderr()).toContain('an archive contains keys and tokens and is not written to a terminal')
  })
})
