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
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { commands as allCommands } from '../../src/commands/definitions.ts'
import { exampleFile } from '../example.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { hakube, program } from './hakube.ts'

/*
 * A repository of someone who wants to run programs on the machine of whoever tries it: each way leaves a canary. It is a
 * clone, and in addition its own .git/config is hostile, as in an archive that was unpacked.
 */

const profile = readFileSync(exampleFile('external-load-balancers'), 'utf8').replace(
  'e875824be2f552b45711dbda91af81b17eb961d00025d914d9fef18fad8f09c0',
  createHash('sha256').update('manifest').digest('hex'),
)

let top = ''
let canaries = ''
let repository: Repository
let key = ''
let recipient = ''
let other = ''
let bundle: Buffer | null = null
let assets = ''
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

/** All that machines of the profile fetch, as `check --assets` wants it: the manifest is the only one with a checksum. */
function makeAssets(): string {
  const directory = join(top, 'assets')
  mkdirSync(join(directory, 'rocky-9-amd64'), { recursive: true })
  for (const name of ['vmlinuz', 'initrd.img']) writeFileSync(join(directory, 'rocky-9-amd64', name), name)
  mkdirSync(join(directory, 'manifests'))
  writeFileSync(join(directory, 'manifests/flannel-v0.28.9.yaml'), 'manifest')
  return directory
}

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'hakube-hostile-'))
  canaries = join(top, 'canaries')
  mkdirSync(canaries)
  const identity = await generateIdentity()
  recipient = await identityToRecipient(identity)
  other = await identityToRecipient(await generateIdentity())
  key = join(top, 'key')
  writeFileSync(key, `${identity}\n`, { mode: 0o600 })

  const source = makeRepository()
  source.write({ 'cluster/profile.yaml': profile })
  const made = hakube(['secrets', 'init', 'cluster/profile.yaml', '--recipient', recipient], {
    directory: source.directory,
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
    'bin/ssh': `#!/bin/sh\n${canary('program-in-repository')}\n`,
    'bin/bash': `#!/bin/sh\n${canary('program-in-repository')}\n`,
    'bin/xorriso': `#!/bin/sh\n${canary('program-in-repository')}\n`,
    'bin/mmdebstrap': `#!/bin/sh\n${canary('program-in-repository')}\n`,
    'cluster/git': `#!/bin/sh\n${canary('git-beside-the-profile')}\n`,
  })
  for (const path of [
    'bin/git',
    'bin/haproxy',
    'bin/bash',
    'bin/ssh',
    'bin/xorriso',
    'bin/mmdebstrap',
    'cluster/git',
  ])
    chmodSync(join(source.directory, path), 0o755)
  source.commit()
  const directory = join(top, 'clone')
  execFileSync('git', ['clone', '--quiet', source.directory, directory], { stdio: 'pipe' })
  source.remove()
  repository = { ...makeRepository(), directory }
  writeFileSync(join(directory, '.git/config'), settings('clone'))
  mkdirSync(join(top, 'hooks'))
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'fsmonitor-watchman'])
    for (const hooks of [join(top, 'hooks'), join(directory, '.git/hooks')]) {
      mkdirSync(hooks, { recursive: true })
      writeFileSync(join(hooks, hook), `#!/bin/sh\n${canary(`hook-${hook}`)}\n`, { mode: 0o755 })
    }
  // A time stamp of its own makes git look at the content again, which is when filters run.
  writeFileSync(join(directory, 'cluster/profile.yaml'), profile)
  bundle = readFileSync(join(directory, 'cluster/secrets.age'))
  assets = makeAssets()
  mkdirSync(join(top, 'bin'))
  const asked = `#!/bin/sh\necho asked >>${join(top, 'ssh-log')}\nexit 255\n`
  writeFileSync(join(top, 'bin/ssh'), asked, { mode: 0o755 })
  environment = {
    EDITOR: '/bin/true',
    PATH: ['.', '', 'bin', 'cluster', join(directory, 'bin'), join(top, 'bin'), process.env['PATH']].join(
      delimiter,
    ),
    HOME: top,
    GIT_DIR: join(directory, 'cluster'),
    GIT_EXTERNAL_DIFF: canary('environment'),
    GIT_SSH_COMMAND: canary('environment'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: canary('environment'),
  }
})
afterAll(() => rmSync(top, { recursive: true, force: true }))

const inRepository = ['cluster', '.'] as const

/** By name. A status other than 0 is that of a command that is told to do what cannot be done here. */
type Commands = Readonly<Record<string, (() => string[]) | [words: () => string[], status: number]>>

/** Some commands write to the bundle. */
afterEach(() => {
  if (bundle) writeFileSync(join(repository.directory, 'cluster/secrets.age'), bundle)
})

function run(words: readonly string[], directory: string): number | null {
  return hakube(words, { directory: join(repository.directory, directory), environment }).status
}

describe('a hostile repository', () => {
  it('contains canaries that git itself triggers', () => {
    for (const directory of ['cluster', '.'])
      spawnSync('git', ['status', '--porcelain'], {
        cwd: join(repository.directory, directory),
        env: { PATH: process.env['PATH'], XDG_STATE_HOME: process.env['XDG_STATE_HOME'] },
      })
    const found = readdirSync(canaries)
    for (const name of found) rmSync(join(canaries, name))
    expect(found).toEqual(['bare-fsmonitor', 'clone-fsmonitor', 'clone-process'])
  })

  for (const directory of inRepository) {
    const file = directory === '.' ? 'cluster/profile.yaml' : 'profile.yaml'
    const withKey = () => ['--age-key-file', key]
    const out = (name: string) => ['--out', join(top, `${name}-${directory === '.' ? 'top' : 'below'}`)]
    const machine = 'sample-kube-master-001'
    /** Of these one directory is enough: what they do with git is what those below do. */
    const others: Commands = {
      'check --assets': () => ['check', file, '--assets', assets, ...withKey()],
      files: () => ['files', file, machine, ...out('files'), ...withKey()],
      'files --changed-since': () => [
        'files',
        file,
        machine,
        '--changed-since',
        'HEAD',
        ...out('changed'),
        ...withKey(),
      ],
      'mirror list': () => ['mirror', 'list', file],
      dhcp: () => ['dhcp', file],
      image: () => ['image', file, '--type', 'site', '--out', join(top, 'site.tar'), ...withKey()],
      'image --type seed': () => ['image', file, '--type', 'seed', ...out('seeds'), ...withKey()],
      'image --type boot': [
        () => ['image', file, '--type', 'boot', '--out', join(top, 'b.iso'), '--loaders', top],
        1,
      ],
      // It asks nobody: no machine of the profile is on the loopback interface.
      doctor: [() => ['doctor', file, '--interface', 'lo'], 1],
      assets: () => ['assets', file, '--dir', join(top, 'copied'), '--from', assets],
      schema: () => ['schema'],
      completion: () => ['completion', 'bash'],
      // No server runs that they could ask, and no path of the profile leads them to anything but its state.
      arm: [() => ['arm', file, '--all'], 1],
      disarm: [() => ['disarm', file, '--all'], 1],
      status: [() => ['status', file], 1],
      wait: [() => ['wait', file, '--for', 'ready'], 1],
      logs: [() => ['logs', file, 'any'], 1],
      // A service does not see temporary directories, in one of which the repository is.
      service: [() => ['service', file], 1],
      // There is an ssh outside of the repository, which reaches nobody.
      apply: [() => ['apply', file, machine, ...withKey()], 1],
      // The bundle exists already, and these are not keys.
      'secrets init': [() => ['secrets', 'init', file, '--recipient', recipient], 1],
      'secrets import': [() => ['secrets', 'import', file, top, '--recipient', recipient], 1],
      'secrets set': () => ['secrets', 'set', file, 'token', '--from', join(top, 'key'), ...withKey()],
      // The editor of the environment leaves everything as it is.
      'secrets edit': () => ['secrets', 'edit', file, ...withKey()],
      'secrets list': () => ['secrets', 'list', file, ...withKey()],
      // It is the committed bundle again.
      'secrets unset': [() => ['secrets', 'unset', file, 'token', ...withKey()], 1],
      'secrets admission': () => ['secrets', 'admission', file, ...withKey()],
      'secrets add-recipient': () => ['secrets', 'add-recipient', file, other, ...withKey()],
      // By then the bundle is the committed one again, and `other` no recipient of it.
      'secrets remove-recipient': [() => ['secrets', 'remove-recipient', file, other, ...withKey()], 1],
      'secrets rotate': () => ['secrets', 'rotate', file, 'bootstrap-token', ...withKey()],
    }
    const commands: Commands = {
      check: () => ['check', file, ...withKey()],
      'check --rev': () => ['check', file, '--rev', 'HEAD', ...withKey()],
      render: () => ['render', file, '--out', join(top, `out-${directory}`), ...withKey()],
      'render --rev': () => [
        'render',
        file,
        '--rev',
        'HEAD',
        '--out',
        join(top, `out-${directory}`),
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
        join(top, `export-${directory}`),
        ...withKey(),
      ],
      kubeconfig: () => ['kubeconfig', file, '--out', join(top, `kubeconfig-${directory}`), ...withKey()],
      init: () => ['init', join(repository.directory, `new-${directory === '.' ? 'top' : 'below'}`)],
      ...(directory === '.' ? {} : others),
    }
    for (const [name, command] of Object.entries(commands))
      it(`runs nothing by hakube ${name} in ${directory === '.' ? 'its top directory' : 'the directory of the profile'}`, () => {
        const [words, expected] = typeof command === 'function' ? [command, 0] : command
        const status = run(words(), directory)
        expect(readdirSync(canaries)).toEqual([])
        expect(status).toBe(expected)
      })
    if (directory === '.') continue

    it('runs nothing by any other command', () => {
      const tried = new Set([...Object.keys(commands), 'serve'])
      expect(allCommands.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([])
    })
  }

  it('runs nothing by hakube apply, which uses the ssh of the system', () => {
    expect(readFileSync(join(top, 'ssh-log'), 'utf8')).toBe('asked\n')
  })

  it('runs nothing by hakube serve', async () => {
    const child = spawn(
      process.execPath,
      [program, 'serve', 'profile.yaml', '--listen', '127.0.0.1:0', '--age-key-file', key],
      { cwd: join(repository.directory, 'cluster'), env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
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
    for (const path of ['', '.git']) chownSync(join(foreign.directory, path), 65534, 65534)
  })
  afterAll(() => foreign.remove())
  const shown = ({ status, stdout, stderr }: ReturnType<typeof hakube>) => ({
    status,
    lines: `${stdout}${stderr}`
      .replaceAll(foreign.directory, '/repository')
      .split('\n')
      .filter((line) => /foreign|safe/.test(line)),
  })

  it('is checked, with a note on what git does not report', () => {
    const words = ['check', 'profile.yaml', '--ephemeral-secrets']
    expect(shown(hakube(words, { directory: foreign.directory }))).toEqual({
      status: 0,
      lines: [
        'warning[git/foreign-owner]: the repository /repository belongs to another user, so git does not read it: the commit is unknown, and hakube did not search for tracked secrets',
        '  hint: if you trust everyone who can write to it: git config --global --add safe.directory /repository',
      ],
    })
  })

  it('is rendered without a commit', () => {
    const words = ['render', 'profile.yaml', '--ephemeral-secrets', '--out', join(top, 'rendered')]
    expect(shown(hakube(words, { directory: foreign.directory }))).toEqual({
      status: 0,
      lines: [
        'warning[git/foreign-owner]: the repository /repository belongs to another user, so git does not read it: the commit is unknown, and hakube did not search for tracked secrets',
        '  hint: if you trust everyone who can write to it: git config --global --add safe.directory /repository',
      ],
    })
    expect(readFileSync(join(top, 'rendered/release'), 'utf8')).toMatch(/^COMMIT=none$/m)
  })

  it('has no revisions', () => {
    const words = ['check', 'profile.yaml', '--rev', 'HEAD']
    expect(shown(hakube(words, { directory: foreign.directory }))).toEqual({
      status: 1,
      lines: [
        'error[git/foreign-owner]: the repository /repository belongs to another user, so git does not read it',
        '  hint: if you trust everyone who can write to it: git config --global --add safe.directory /repository',
        'warning[git/foreign-owner]: the repository /repository belongs to another user, so git does not read it: the commit is unknown, and hakube did not search for tracked secrets',
        '  hint: if you trust everyone who can write to it: git config --global --add safe.directory /repository',
      ],
    })
  })
})
