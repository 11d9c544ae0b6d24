import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { hakube, program } from './hakube.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hakube-init-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What `init` makes, in its order. */
const made = [
  'profile.yaml',
  'schema.json',
  '.gitignore',
  '.gitattributes',
  'README.md',
  '.github/workflows/hakube.yaml',
]

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .toSorted()

describe('hakube init', () => {
  it('makes a repository that passes check, with all programs that are there, without a warning', () => {
    expect(hakube(['init', 'my-rack'], { folder })).toEqual({
      status: 0,
      stdout: made.map((name) => `my-rack/${name}\n`).join(''),
      stderr:
        '\nEdit my-rack/profile.yaml, then: hakube check my-rack/profile.yaml --throw-away-secrets\nPut it under git: git init my-rack\n',
    })
    expect(filesBelow(join(folder, 'my-rack'))).toEqual(made.toSorted())
    const check = hakube(['check', '--strict', 'my-rack/profile.yaml', '--throw-away-secrets'], { folder })
    expect({ status: check.status, stdout: check.stdout, last: check.stderr.split('\n').at(-2) }).toEqual({
      status: 0,
      stdout: '',
      last: 'no mistakes',
    })
  })

  it('leaves no half file behind', () => {
    // The profile has more than the two blocks of 1024 bytes that a file may have here.
    const line = 'ulimit -f 2; exec "$0" "$1" init rack'
    const ended = spawnSync('bash', ['-c', line, process.execPath, program], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect({ status: ended.status, stderr: ended.stderr, left: readdirSync(join(folder, 'rack')) }).toEqual({
      status: 1,
      stderr: 'hakube: cannot write rack/profile.yaml: file too large (EFBIG)\n',
      left: [],
    })
  })

  it('never overwrites a profile', () => {
    hakube(['init', '.'], { folder })
    const profile = readFileSync(join(folder, 'profile.yaml'), 'utf8')
    rmSync(join(folder, 'README.md'))
    expect(hakube(['init', '.'], { folder })).toEqual({
      status: 1,
      stdout: '',
      stderr: 'hakube: cannot write profile.yaml: it is there already\n',
    })
    expect(readFileSync(join(folder, 'profile.yaml'), 'utf8')).toBe(profile)
    expect(readdirSync(folder)).not.toContain('README.md')
  })

  it('keeps the files of a repository that exists, and says which patterns its .gitignore lacks', () => {
    mkdirSync(join(folder, '.git'))
    writeFileSync(join(folder, 'README.md'), 'mine\n')
    writeFileSync(join(folder, '.gitignore'), '/site/\n*.key\n')
    expect(hakube(['init', '.'], { folder })).toEqual({
      status: 0,
      stdout: 'profile.yaml\nschema.json\n.gitattributes\n.github/workflows/hakube.yaml\n',
      stderr: `hakube: .gitignore was there already and is kept
hakube: README.md was there already and is kept
hakube: add to .gitignore: /kubeconfig /assets/ .*secrets.age.*

Edit profile.yaml, then: hakube check profile.yaml --throw-away-secrets
`,
    })
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('mine\n')
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('/site/\n*.key\n')
  })

  it('makes a repository in which git does not see what the README tells to create', () => {
    const git = (...words: string[]): string =>
      spawnSync('git', ['-c', 'init.defaultBranch=main', ...words], { cwd: folder, encoding: 'utf8' }).stdout
    hakube(['init', '.'], { folder })
    git('init', '--quiet')
    for (const name of ['assets', 'site']) mkdirSync(join(folder, name))
    for (const name of ['operator.key', 'kubeconfig', 'assets/vmlinuz', 'site/manifest.json'])
      writeFileSync(join(folder, name), 'x')
    writeFileSync(join(folder, 'secrets.age'), 'x')
    git('add', '--all')
    expect(git('ls-files').trim().split('\n').toSorted()).toEqual([...made, 'secrets.age'].toSorted())
    expect(git('check-attr', 'merge', 'diff', '--', 'secrets.age')).toBe(
      'secrets.age: merge: unset\nsecrets.age: diff: unset\n',
    )
  })

  it('writes a workflow that names its profile and runs commands of hakube only by name', () => {
    hakube(['init', '.'], { folder })
    const workflow = parse(readFileSync(join(folder, '.github/workflows/hakube.yaml'), 'utf8'))
    expect(workflow.jobs.check.env).toEqual({ PROFILES: 'profile.yaml' })
  })
})
