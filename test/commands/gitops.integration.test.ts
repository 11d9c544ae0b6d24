import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { exampleFile } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { hakube, program } from './hakube.ts'
import { withoutNumbers } from '../support/shared-text.ts'

const whole = readFileSync(exampleFile('external-load-balancers'), 'utf8').replace(
  /^# yaml-language-server.*\n/,
  '',
)

let repository: Repository
let outside = ''
let key = ''
beforeAll(async () => {
  repository = makeRepository()
  outside = mkdtempSync(join(tmpdir(), 'hakube-gitops-'))
  const identity = await generateIdentity()
  key = join(outside, 'key')
  writeFileSync(key, `${identity}\n`, { mode: 0o600 })
  repository.write({ 'base.yaml': whole, 'racks/one/profile.yaml': 'extends: ../../base.yaml\n' })
  const recipient = await identityToRecipient(identity)
  const made = hakube(['secrets', 'init', 'racks/one/profile.yaml', '--recipient', recipient], {
    directory: repository.directory,
  })
  if (made.status !== 0) throw new Error(made.stderr)
  repository.commit('first')
})
afterAll(() => {
  repository.remove()
  rmSync(outside, { recursive: true, force: true })
})

/** Path, mode and hash of everything below a directory. */
function everything(top: string): Record<string, string> {
  const entries = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const rows = entries.map((entry) => {
    const path = join(entry.parentPath, entry.name)
    const mode = (statSync(path).mode & 0o777).toString(8)
    return [
      path.slice(top.length + 1),
      `${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`,
    ]
  })
  return Object.fromEntries(rows)
}

/** What a render says that it is of. */
function commitOf(out: string): string | undefined {
  render(out)
  return /^COMMIT=.*/m.exec(readFileSync(join(outside, out, 'release'), 'utf8'))?.[0]
}

function render(name: string, ...words: string[]): Record<string, string> {
  const out = join(outside, name)
  const { status, stderr } = hakube(
    ['render', 'racks/one/profile.yaml', '--out', out, '--age-key-file', key, ...words],
    { directory: repository.directory },
  )
  if (status !== 0) throw new Error(stderr)
  return everything(out)
}

describe('a render with the bundle', () => {
  it('produces the same bytes in another directory, with another clock, locale, time zone, umask and working directory', () => {
    const first = render('first')
    const clone = join(outside, 'other place')
    repository.git('clone', '--quiet', '.', clone)
    const elsewhere = join(outside, 'elsewhere')
    mkdirSync(elsewhere)
    // The clock: Date gives a day three years from now, to all that the program loads.
    const clock = join(outside, 'clock.cjs')
    writeFileSync(
      clock,
      `const Real = Date
       const ahead = 3 * 365 * 24 * 3600 * 1000
       globalThis.Date = class extends Real {
         constructor(...words) { if (words.length > 0) super(...words); else super(Real.now() + ahead) }
         static now() { return Real.now() + ahead }
       }\n`,
    )
    const second = join(outside, 'second')
    const words = ['render', `${clone}/racks/one/profile.yaml`, '--out', second, '--tar', `${second}.tar`]
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', 'umask 0007; exec "$@"', '-', process.execPath, '--require', clock, program, ...words],
      {
        cwd: elsewhere,
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          TZ: 'Pacific/Kiritimati',
          LANG: 'tr_TR.UTF-8',
          LC_ALL: 'tr_TR.UTF-8',
          HAKUBE_AGE_KEY_FILE: key,
        },
      },
    )
    // The last line is the note that this directory contains no secrets.
    const written = stderr.trim().split('\n').at(-2)
    expect({ status, written }).toEqual({
      status: 0,
      written: `${second}: ${Object.keys(first).length} created, 0 changed, 0 removed, 0 unchanged`,
    })
    // The clock was another one indeed: a certificate that nothing is rendered from has ended by then.
    expect(stderr).toContain('expired')
    expect(everything(second)).toEqual(first)
  })

  it('changes nothing but its manifest and the release when a commit changes nothing', () => {
    const before = render('before')
    repository.write({ README: 'about this rack\n' })
    const commit = repository.commit('second')
    const after = render('after')
    const changed = Object.keys(after).filter((path) => after[path] !== before[path])
    expect(changed).toEqual(['manifest.json', 'release'])
    expect(Object.keys(after)).toEqual(Object.keys(before))
    expect(readFileSync(join(outside, 'after/release'), 'utf8')).toMatch(
      new RegExp(`^PROFILE=sample\nCOMMIT=${commit}\nHAKUBE=[0-9.]+\n$`),
    )
  })

  it('is the same from the commit and from a clean working tree, and reports uncommitted changes', () => {
    const clean = render('clean')
    repository.write({ 'base.yaml': `${whole}\n# only a comment\n` })
    const commit = repository.git('rev-parse', 'HEAD')
    expect(render('revision', '--rev', 'HEAD')).toEqual(clean)
    const dirty = render('dirty')
    expect(Object.keys(dirty).filter((path) => dirty[path] !== clean[path])).toEqual([
      'manifest.json',
      'release',
    ])
    expect(readFileSync(join(outside, 'dirty/release'), 'utf8')).toContain(`COMMIT=${commit}-dirty\n`)
    // What was not read does not matter.
    repository.write({ 'base.yaml': whole, 'racks/one/notes.txt': 'not read\n' })
    expect(render('notes')).toEqual(clean)
    repository.write({ 'racks/one/notes.txt': null })
  })

  it('reports uncommitted changes in a submodule', () => {
    const shared = makeRepository()
    shared.write({ 'deep/base.yaml': whole })
    shared.commit()
    const before = repository.git('rev-parse', 'HEAD')
    const add = [
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      shared.directory,
      'shared',
    ]
    repository.git(...add)
    repository.write({ 'racks/one/profile.yaml': 'extends: ../../shared/deep/base.yaml\n' })
    const commit = repository.commit('with a submodule')
    expect(commitOf('submodule')).toBe(`COMMIT=${commit}`)
    repository.write({ 'shared/deep/base.yaml': `${whole}\n# only a comment\n` })
    expect(commitOf('submodule-changed')).toBe(`COMMIT=${commit}-dirty`)
    repository.git(
      '-C',
      'shared',
      'commit',
      '--quiet',
      '--all',
      '--message',
      'not the one that was committed',
    )
    expect(commitOf('submodule-moved')).toBe(`COMMIT=${commit}-dirty`)
    const { status, stdout } = hakube(['check', 'racks/one/profile.yaml', '--rev', 'HEAD'], {
      directory: repository.directory,
    })
    expect([status, stdout.replaceAll(commit, 'COMMIT')]).toMatchInlineSnapshot(`
      [
        1,
        "racks/one/profile.yaml:1:10: error[extends/missing]: the base profile shared/deep/base.yaml is in a submodule, whose files are not in the revision COMMIT
          1 | extends: ../../shared/deep/base.yaml
            |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: copy the file into this repository, or check out the revision with its submodules and omit --rev
      ",
      ]
    `)
    repository.git('submodule', '--quiet', 'deinit', '--force', 'shared')
    repository.git('reset', '--quiet', '--hard', before)
    repository.git('clean', '-ffdqx', 'shared')
    shared.remove()
  })

  it('reports uncommitted changes even if git ignores the bundle', () => {
    repository.git('rm', '--quiet', '--cached', 'racks/one/secrets.age')
    repository.write({ '.gitignore': '*.age\n' })
    const commit = repository.commit('without the bundle')
    render('ignored')
    expect(readFileSync(join(outside, 'ignored/release'), 'utf8')).toContain(`COMMIT=${commit}-dirty\n`)
    repository.git('reset', '--quiet', '--hard', 'HEAD~1')
  })

  it('is compared with the bundle of each commit', () => {
    const words = ['diff', 'racks/one/profile.yaml', '--full', '--age-key-file', key]
    const run = () => hakube(words, { directory: repository.directory })
    expect(run().status).toBe(0)
    const rotation = ['secrets', 'rotate', 'racks/one/profile.yaml', 'bootstrap-token', '--age-key-file', key]
    expect(hakube(rotation, { directory: repository.directory }).status).toBe(0)
    const { status, stdout } = run()
    repository.git('checkout', '--quiet', '.')
    expect(status).toBe(1)
    expect(stdout).toMatch(/^\+ .*<secret, changed>/m)
    expect(stdout).not.toMatch(/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/)
  })
})

const example = (name: string): Record<string, never> =>
  parse(readFileSync(new URL(`../../docs/examples/${name}`, import.meta.url), 'utf8'))

describeWith({ linux: true, programs: ['bash', 'git'] }, 'the examples of docs/examples', () => {
  let clone = ''
  let base = ''
  beforeAll(() => {
    clone = join(outside, 'pipeline')
    repository.git('clone', '--quiet', '.', clone)
    base = repository.git('rev-parse', 'HEAD')
    const bin = join(outside, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'hakube'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
      mode: 0o755,
    })
    writeFileSync(
      join(clone, 'base.yaml'),
      whole.replace('net.core.somaxconn: 16384', 'net.core.somaxconn: 4096'),
    )
    mkdirSync(join(clone, 'racks/two'))
    writeFileSync(join(clone, 'racks/two/profile.yaml'), 'extends: ../one/profile.yaml\nname: two\n')
    for (const words of [
      ['config', 'user.name', 'Test'],
      ['config', 'user.email', 'test@example.com'],
      ['add', '--all'],
      ['commit', '--quiet', '--message', 'change'],
    ])
      spawnSync('git', words, { cwd: clone })
  })

  const shell = (script: string, environment: Record<string, string>) =>
    spawnSync('bash', ['--norc', '-e', '-o', 'pipefail', '-c', script], {
      cwd: clone,
      encoding: 'utf8',
      env: { PATH: `${join(outside, 'bin')}:${process.env['PATH']}`, HOME: outside, ...environment },
    })
  const comment = () =>
    readFileSync(join(clone, 'comment.md'), 'utf8')
      .replaceAll(/[0-9a-f]{40}/g, 'COMMIT')
      .replaceAll(/[0-9a-f]{12}/g, 'COMMIT')
  it('runs in GitHub Actions: check, and the comment', async () => {
    type Workflow = {
      jobs: { check: { env: Record<string, string>; steps: { name?: string; run?: string }[] } }
    }
    const { jobs } = example('github-actions.yaml') as unknown as Workflow
    const step = (name: string): string =>
      jobs.check.steps.find((each) => each.name === name)?.run ?? 'exit 99'
    const check = shell(step('Check'), jobs.check.env)
    // Two racks with the same cards: that is a mistake, and it is seen.
    expect(check.status).toBe(1)
    expect(check.stdout.split('\n').find((line) => line.includes('profiles/same-mac'))).toMatch(
      /^::error file=base\.yaml,line=\d+,col=\d+,title=profiles\/same-mac::/,
    )
    const alone = shell(step('Check'), { PROFILES: 'racks/one/profile.yaml' })
    expect(alone.status).toBe(0)
    const diff = shell(step('Say what changes'), { ...jobs.check.env, BASE: base })
    expect({ status: diff.status, stderr: diff.stderr }).toEqual({ status: 0, stderr: '' })
    await expect(withoutNumbers(comment())).toMatchFileSnapshot('../fixtures/diff/comment.md')
    const broken = shell(step('Say what changes'), { ...jobs.check.env, BASE: 'nope' })
    expect(broken.status).not.toBe(0)
  })

  it('runs in GitLab CI: check, and the comment', async () => {
    type Pipeline = {
      variables: Record<string, string>
      check: { script: string[] }
      diff: { script: string[] }
    }
    const pipeline = example('gitlab-ci.yaml') as unknown as Pipeline
    const check = shell(pipeline.check.script.join('\n'), { PROFILES: 'racks/one/profile.yaml' })
    expect({ status: check.status, end: check.stderr.trim().split('\n').at(-1) }).toEqual({
      status: 0,
      end: 'no errors',
    })
    const variables = { ...pipeline.variables, CI_MERGE_REQUEST_DIFF_BASE_SHA: base }
    const diff = shell(pipeline.diff.script.join('\n'), variables)
    expect({ status: diff.status, stderr: diff.stderr }).toEqual({ status: 0, stderr: '' })
    await expect(withoutNumbers(comment())).toMatchFileSnapshot('../fixtures/diff/comment.md')
  })
})
