import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { hakube, program } from './hakube.ts'

/*
 * A repository of somebody who wants to run programs on the machine of whoever tries it: each way leaves a canary. It is a
 * clone, and in addition its own .git/config is hostile, as in an archive that was unpacked.
 */

const profile = readFileSync(exampleFile('external-load-balancers'), 'utf8')

let top = ''
let canaries = ''
let repository: Repository
let key = ''
let recipient = ''
let environment: Record<string, string> = {}

const canary = (name: string): string => `touch ${join(canaries, name)}; false`

/** Every setting that names a program and that a command of git's reads. */
const settings = (where: string): string => `[core]
	repositoryformatversion = 0
	bare = false
	fsmonitor = "${canary(`${where}-fsmonitor`)}"
	hooksPath = ${join(canaries, '../hooks')}
	pager = "${canary(`${where}-pager`)}"
	editor = "${canary(`${where}-editor`)}"
	sshCommand = "${canary(`${where}-ssh`)}"
	askPass = "${canary(`${where}-askpass`)}"
	alternateRefsCommand = "${canary(`${where}-alternate-refs`)}"
	gitProxy = "${canary(`${where}-proxy`)}"
[alias]
	status = "!${canary(`${where}-alias`)}"
	rev-parse = "!${canary(`${where}-alias`)}"
[credential]
	helper = "!${canary(`${where}-credential`)}"
[diff]
	external = "${canary(`${where}-diff`)}"
[diff "evil"]
	command = "${canary(`${where}-diff-command`)}"
	textconv = "${canary(`${where}-textconv`)}"
[filter "evil"]
	clean = "${canary(`${where}-clean`)}"
	smudge = "${canary(`${where}-smudge`)}"
	process = "${canary(`${where}-process`)}"
	required = true
[gpg]
	program = "${canary(`${where}-gpg`)}"
[pager]
	grep = "${canary(`${where}-pager`)}"
[remote "origin"]
	url = "ext::sh -c \\"${canary(`${where}-remote`).replace('; false', '')}\\""
	uploadpack = "${canary(`${where}-uploadpack`)}"
	promisor = true
	partialclonefilter = blob:none
[protocol "ext"]
	allow = always
[protocol]
	allow = always
[submodule]
	recurse = true
`

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'hakube-hostile-'))
  canaries = join(top, 'canaries')
  mkdirSync(canaries)
  const identity = await generateIdentity()
  recipient = await identityToRecipient(identity)
  key = join(top, 'key')
  writeFileSync(key, `${identity}\n`, { mode: 0o600 })

  const source = makeRepository()
  source.write({ 'cluster/profile.yaml': profile })
  const made = hakube(['secrets', 'init', 'cluster/profile.yaml', '--recipient', recipient], {
    folder: source.folder,
  })
  if (made.status !== 0) throw new Error(made.stderr)
  source.write({
    '.gitattributes': '* filter=evil diff=evil\n',
    // What `cluster` needs to look like a bare repository, whose settings a clone brings along.
    'cluster/HEAD': 'ref: refs/heads/main\n',
    'cluster/config': settings('bare').replace('bare = false', 'bare = false\n\tworktree = "."'),
    'cluster/objects/info/.keep': '',
    'cluster/refs/heads/.keep': '',
    'bin/git': `#!/bin/sh\n${canary('git-in-repository')}\n`,
    'bin/haproxy': `#!/bin/sh\n${canary('program-in-repository')}\n`,
    'bin/bash': `#!/bin/sh\n${canary('program-in-repository')}\n`,
    'cluster/git': `#!/bin/sh\n${canary('git-beside-the-profile')}\n`,
  })
  for (const path of ['bin/git', 'bin/haproxy', 'bin/bash', 'cluster/git'])
    chmodSync(join(source.folder, path), 0o755)
  source.commit()
  const folder = join(top, 'clone')
  execFileSync('git', ['clone', '--quiet', source.folder, folder], { stdio: 'pipe' })
  source.remove()
  repository = { ...makeRepository(), folder }
  writeFileSync(join(folder, '.git/config'), settings('clone'))
  mkdirSync(join(top, 'hooks'))
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'fsmonitor-watchman'])
    for (const hooks of [join(top, 'hooks'), join(folder, '.git/hooks')]) {
      mkdirSync(hooks, { recursive: true })
      writeFileSync(join(hooks, hook), `#!/bin/sh\n${canary(`hook-${hook}`)}\n`, { mode: 0o755 })
    }
  // A time stamp of its own makes git look at the content again, which is when filters run.
  writeFileSync(join(folder, 'cluster/profile.yaml'), profile)
  environment = {
    PATH: ['.', '', 'bin', 'cluster', join(folder, 'bin'), process.env['PATH']].join(delimiter),
    HOME: top,
    GIT_DIR: join(folder, 'cluster'),
    GIT_EXTERNAL_DIFF: canary('environment'),
    GIT_SSH_COMMAND: canary('environment'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: canary('environment'),
  }
})
afterAll(() => rmSync(top, { recursive: true, force: true }))

const inRepository = ['cluster', '.'] as const

function run(words: readonly string[], folder: string): number | null {
  return hakube(words, { folder: join(repository.folder, folder), environment }).status
}

describe('a hostile repository runs nothing', () => {
  it('has canaries that git itself finds', () => {
    for (const folder of ['cluster', '.'])
      spawnSync('git', ['status', '--porcelain'], {
        cwd: join(repository.folder, folder),
        env: { PATH: process.env['PATH'] },
      })
    const found = readdirSync(canaries)
    for (const name of found) rmSync(join(canaries, name))
    expect(found).toEqual(['bare-fsmonitor', 'clone-fsmonitor', 'clone-process'])
  })

  for (const folder of inRepository) {
    const file = folder === '.' ? 'cluster/profile.yaml' : 'profile.yaml'
    const withKey = () => ['--age-key-file', key]
    const commands: Readonly<Record<string, () => string[]>> = {
      check: () => ['check', file, ...withKey()],
      'check --rev': () => ['check', file, '--rev', 'HEAD', ...withKey()],
      render: () => ['render', file, '--out', join(top, `out-${folder}`), ...withKey()],
      'render --rev': () => [
        'render',
        file,
        '--rev',
        'HEAD',
        '--out',
        join(top, `out-${folder}`),
        ...withKey(),
      ],
      diff: () => ['diff', file, ...withKey()],
      'diff HEAD HEAD': () => ['diff', file, 'HEAD', 'HEAD', ...withKey()],
      explain: () => ['explain', file, 'sample-haproxy-001'],
      'secrets show': () => ['secrets', 'show', file, ...withKey()],
      'secrets sync': () => ['secrets', 'sync', file, '--dry-run', ...withKey()],
      'secrets export': () => [
        'secrets',
        'export',
        file,
        'sample-kube-master-001',
        '--out',
        join(top, `export-${folder}`),
        ...withKey(),
      ],
      kubeconfig: () => ['kubeconfig', file, '--out', join(top, `kubeconfig-${folder}`), ...withKey()],
      init: () => ['init', join(repository.folder, `new-${folder === '.' ? 'top' : 'below'}`)],
    }
    for (const [name, words] of Object.entries(commands))
      it(`by hakube ${name} in ${folder === '.' ? 'its top directory' : 'the directory of the profile'}`, () => {
        const status = run(words(), folder)
        expect(readdirSync(canaries)).toEqual([])
        expect(status).toBe(0)
      })
  }

  it('by hakube serve', async () => {
    const child = spawn(
      process.execPath,
      [program, 'serve', 'profile.yaml', '--listen', '127.0.0.1:0', '--age-key-file', key],
      { cwd: join(repository.folder, 'cluster'), env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let told = ''
    const ready = new Promise<void>((resolve) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (piece: Buffer) => {
          told += piece.toString('utf8')
          if (told.includes('127.0.0.1:')) resolve()
        })
    })
    const ended = once(child, 'exit')
    await Promise.race([ready, ended])
    child.kill('SIGTERM')
    await ended
    expect(told).toContain('127.0.0.1:')
    expect(readdirSync(canaries)).toEqual([])
  })
})

describe.skipIf(process.getuid?.() !== 0)('a repository of another user', () => {
  let foreign: Repository
  beforeAll(() => {
    foreign = makeRepository()
    foreign.write({ 'profile.yaml': profile, 'leak.txt': 'AGE-SECRET-KEY-1'.padEnd(74, 'Q') })
    foreign.commit()
    for (const path of ['', '.git']) chownSync(join(foreign.folder, path), 65534, 65534)
  })
  afterAll(() => foreign.remove())
  const shown = ({ status, stdout, stderr }: ReturnType<typeof hakube>) => ({
    status,
    lines: `${stdout}${stderr}`
      .replaceAll(foreign.folder, '/repository')
      .split('\n')
      .filter((line) => /foreign|safe/.test(line)),
  })

  it('is checked, with a word on what git does not tell', () => {
    const words = ['check', 'profile.yaml', '--throw-away-secrets']
    expect(shown(hakube(words, { folder: foreign.folder }))).toEqual({
      status: 0,
      lines: [
        'warning[git/foreign-owner]: the repository /repository belongs to another user, and git does not read it: the commit is unknown, and secrets that it tracks were not searched for',
        '  hint: if you trust all who write to it: git config --global --add safe.directory /repository',
      ],
    })
  })

  it('is rendered without a commit', () => {
    const words = ['render', 'profile.yaml', '--throw-away-secrets', '--out', join(top, 'rendered')]
    expect(shown(hakube(words, { folder: foreign.folder }))).toEqual({
      status: 0,
      lines: [
        'warning[git/foreign-owner]: the repository /repository belongs to another user, and git does not read it: the commit is unknown, and secrets that it tracks were not searched for',
        '  hint: if you trust all who write to it: git config --global --add safe.directory /repository',
      ],
    })
    expect(readFileSync(join(top, 'rendered/release'), 'utf8')).toMatch(/^COMMIT=none$/m)
  })

  it('has no revisions', () => {
    const words = ['check', 'profile.yaml', '--rev', 'HEAD']
    expect(shown(hakube(words, { folder: foreign.folder }))).toEqual({
      status: 1,
      lines: [
        'error[git/foreign-owner]: the repository /repository belongs to another user, and git does not read it',
        '  hint: if you trust all who write to it: git config --global --add safe.directory /repository',
        'warning[git/foreign-owner]: the repository /repository belongs to another user, and git does not read it: the commit is unknown, and secrets that it tracks were not searched for',
        '  hint: if you trust all who write to it: git config --global --add safe.directory /repository',
      ],
    })
  })
})
