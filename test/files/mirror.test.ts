import { randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GitError } from '../../src/files/git.ts'
import { openMirror, readMirror } from '../../src/files/mirror.ts'
import { readRef, readRepositoryAddress } from '../../src/files/repository-address.ts'
import { makeRepository, type Repository } from '../support/repository.ts'

let scratch = ''
let origin: Repository
const stop = new AbortController().signal
const environment = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
}

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'hakube-mirror-'))
  origin = makeRepository()
})
afterEach(() => {
  origin.remove()
  rmSync(scratch, { recursive: true, force: true })
})

function addressOf(text: string) {
  const address = readRepositoryAddress(text)
  if ('wrong' in address) throw new Error(address.wrong)
  return address
}

const directory = (): string => join(scratch, 'mirror.git')
const open = (url = origin.directory, ref = 'main') =>
  openMirror(directory(), addressOf(url), readRef(ref) ?? '', environment)

const collectGarbage = () =>
  execFileSync('git', [`--git-dir=${directory()}`, 'gc', '--quiet', '--prune=now'], { env: environment })

const texts = async (commit: string, path: string): Promise<string> => {
  const content = await (await readMirror(directory(), commit, environment)).read(path, 1_000_000)
  return 'bytes' in content ? Buffer.from(content.bytes).toString('utf8') : `too large: ${content.tooLarge}`
}

describe('a mirror', () => {
  it('contains the branch, and keeps a commit that the branch no longer contains', async () => {
    origin.write({ 'rack/profile.yaml': 'one\n' })
    const first = origin.commit()
    const mirror = await open()
    expect(await mirror.kept()).toBe(null)
    expect(await mirror.fetch(stop)).toBe(first)
    await mirror.keep(first)
    origin.git('commit', '--quiet', '--amend', '--allow-empty', '--message', 'another history')
    origin.write({ 'rack/profile.yaml': 'two\n' })
    const second = origin.commit()
    expect(await mirror.fetch(stop)).toBe(second)
    expect(await mirror.contains(second, first)).toBe(false)
    expect(await mirror.contains(second, second)).toBe(true)
    const again = await open()
    expect(await again.kept()).toBe(first)
    expect(await texts(first, 'rack/profile.yaml')).toBe('one\n')
    expect(await texts(second, 'rack/profile.yaml')).toBe('two\n')
    expect(statSync(directory()).mode & 0o777).toBe(0o700)
  })

  it('keeps commits that are in use when git removes what nothing refers to, and no longer than that', async () => {
    /** A history of its own each time. */
    const rewritten = async (text: string): Promise<string> => {
      origin.git('checkout', '--quiet', '--orphan', text)
      origin.write({ 'rack/profile.yaml': `${text}\n` })
      const commit = origin.commit(text)
      origin.git('branch', '--force', 'main')
      expect(await mirror.fetch(stop)).toBe(commit)
      return commit
    }
    const mirror = await open()
    const one = await rewritten('one')
    await mirror.keep(one, [])
    const two = await rewritten('two')
    await mirror.keep(two, [one])
    const three = await rewritten('three')
    await mirror.keep(three, [one, two])
    collectGarbage()
    expect([await mirror.has(one), await mirror.has(two), await mirror.has(three)]).toEqual([
      true,
      true,
      true,
    ])
    expect(await texts(one, 'rack/profile.yaml')).toBe('one\n')
    // Not known what is in use: all stays.
    await mirror.keep(three)
    await mirror.keep(three, [two])
    collectGarbage()
    expect([await mirror.has(one), await mirror.has(two), await mirror.has(three)]).toEqual([
      false,
      true,
      true,
    ])
    // Names of commits in full, and nothing else.
    for (const word of ['main', 'HEAD', three.slice(0, 12), `${three}~0`, '--all', 'refs/hakube/kept'])
      expect([word, await mirror.has(word)]).toEqual([word, false])
  })

  it('follows a tag that is written in full, and reports a missing branch', async () => {
    const commit = origin.commit()
    origin.git('tag', '--annotate', '--message', 'v1', 'v1')
    expect(await (await open(origin.directory, 'refs/tags/v1')).fetch(stop)).toBe(commit)
    const none = await open(origin.directory, 'none')
    await expect(none.fetch(stop)).rejects.toThrow("couldn't find remote ref refs/heads/none")
  })

  it('reads nothing but the commit: neither by links nor by paths that lead out', async () => {
    writeFileSync(join(scratch, 'secret'), 'secret\n')
    origin.link('away', join(scratch, 'secret'))
    origin.link('up', '../../../../../../etc/hostname')
    const commit = origin.commit()
    const mirror = await open()
    await mirror.fetch(stop)
    for (const path of ['away', 'up', join(scratch, 'secret'), 'package.json'])
      await expect(texts(commit, path)).rejects.toThrow('ENOENT')
  })

  it('continues after git was killed, and recreates a broken mirror', async () => {
    const commit = origin.commit()
    const mirror = await open()
    await mirror.keep(await mirror.fetch(stop))
    for (const name of [
      'config.lock',
      'refs/hakube/candidate.lock',
      'refs/hakube/kept.lock',
      'packed-refs.lock',
    ])
      writeFileSync(join(directory(), name), '')
    writeFileSync(join(directory(), 'objects/pack/tmp_pack_123456'), 'half')
    const after = await open()
    expect(await after.kept()).toBe(commit)
    expect(await after.fetch(stop)).toBe(commit)
    expect(readdirSync(join(directory(), 'objects/pack')).filter((name) => name.startsWith('tmp_'))).toEqual(
      [],
    )
    for (const name of ['HEAD', 'config']) writeFileSync(join(directory(), name), '\0\0\0')
    const again = await open()
    expect(await again.kept()).toBe(null)
    expect(await again.fetch(stop)).toBe(commit)
  })

  it('runs nothing that the repository configures, and ignores repositories within it', async () => {
    const canary = (name: string): string => `touch ${join(scratch, `canary-${name}`)}`
    const settings = [
      'core.fsmonitor',
      'core.sshCommand',
      'core.pager',
      'core.alternateRefsCommand',
      'uploadpack.packObjectsHook',
      'filter.evil.smudge',
      'filter.evil.process',
      'gpg.program',
    ]
    for (const name of settings) origin.git('config', name, canary(name))
    origin.git('config', 'core.hooksPath', join(scratch, 'hooks'))
    const hook = `#!/bin/sh\n${canary('hook')}\n`
    origin.write({
      'rack/profile.yaml': 'one\n',
      '.gitattributes': '* filter=evil\n',
      '.gitmodules': `[submodule "x"]\n\tpath = sub\n\turl = ${origin.directory}\n`,
      '.gitconfig': `[core]\n\tfsmonitor = ${canary('gitconfig')}\n`,
      // A bare repository, as a directory of the commit.
      HEAD: 'ref: refs/heads/main\n',
      config: `[core]\n\tbare = true\n\tfsmonitor = ${canary('embedded')}\n\thooksPath = hooks\n`,
      'objects/x': 'x',
      'refs/x': 'x',
      'hooks/post-checkout': hook,
    })
    const tree = ['-c', 'core.fsmonitor=false', '-c', 'filter.evil.process=', '-c', 'filter.evil.clean=cat']
    origin.git(...tree, 'add', '--all')
    origin.git(...tree, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`)
    origin.git(...tree, '-c', 'core.hooksPath=/dev/null', 'commit', '--quiet', '--message', 'hostile')
    const commit = origin.git('rev-parse', 'HEAD')
    for (const name of ['--upload-pack=x', '-c', '--exec'])
      writeFileSync(join(origin.directory, '.git/refs/heads', name), `${commit}\n`)
    for (const name of readdirSync(scratch)) if (name.startsWith('canary')) rmSync(join(scratch, name))
    const mirror = await open()
    expect(await mirror.fetch(stop)).toBe(commit)
    await mirror.keep(commit)
    expect(await texts(commit, 'rack/profile.yaml')).toBe('one\n')
    await expect(texts(commit, 'sub/x')).rejects.toThrow('ESUBMODULE')
    expect(readdirSync(scratch).filter((name) => name.startsWith('canary'))).toEqual([])
  })

  it('accepts no more than its limits allow', async () => {
    const noise = randomBytes(3_000_000)
    origin.write({ large: noise, 'rack/profile.yaml': 'one\n' })
    origin.commit()
    const address = addressOf(origin.directory)
    const small = await openMirror(directory(), address, 'refs/heads/main', environment, {
      fileSize: 1024 ** 2,
    })
    await expect(small.fetch(stop)).rejects.toThrow('the repository sends more than is accepted')
    const quick = await openMirror(directory(), address, 'refs/heads/main', environment, { time: 1 })
    await expect(quick.fetch(stop)).rejects.toThrow('took longer')
  })

  it('can be aborted', async () => {
    origin.commit()
    const ended = new AbortController()
    ended.abort()
    await expect((await open()).fetch(ended.signal)).rejects.toThrow('aborted')
  })
})

const signer = (name: string): string => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(scratch, name)])
  return join(scratch, name)
}
const signed = (key: string): string => {
  origin.git('config', 'gpg.format', 'ssh')
  origin.git('config', 'user.signingKey', key)
  origin.git('commit', '--quiet', '--allow-empty', '--gpg-sign', '--message', 'signed')
  return origin.git('rev-parse', 'HEAD')
}

describe('signatures', () => {
  it('are accepted only from an allowed signer', async () => {
    const good = signer('good')
    const stranger = signer('stranger')
    const signers = join(scratch, 'signers')
    writeFileSync(
      signers,
      `good@example.com namespaces="git" ${readFileSync(`${good}.pub`, 'utf8')}` +
        `files@example.com namespaces="file" ${readFileSync(`${signer('files')}.pub`, 'utf8')}`,
    )
    const mirror = await open()
    const judge = async (): Promise<string> => {
      const commit = await mirror.fetch(stop)
      return mirror.verify(commit, signers).then(
        () => 'good',
        (fault: unknown) => (fault instanceof GitError ? 'refused' : String(fault)),
      )
    }
    signed(good)
    expect(await judge()).toBe('good')
    origin.commit('without')
    expect(await judge()).toBe('refused')
    signed(stranger)
    expect(await judge()).toBe('refused')
    signed(join(scratch, 'files'))
    expect(await judge()).toBe('refused')
    // A signature of another commit.
    signed(good)
    const raw = origin.git('cat-file', 'commit', 'HEAD').replace('\n\nsigned', '\n\nother')
    writeFileSync(join(scratch, 'raw'), `${raw}\n`)
    const forged = origin.git('hash-object', '-t', 'commit', '-w', join(scratch, 'raw'))
    origin.git('update-ref', 'refs/heads/main', forged)
    expect(await judge()).toBe('refused')
    // OpenPGP is none of ours, and no program of its is started.
    writeFileSync(
      join(scratch, 'raw'),
      raw.replace(/-----BEGIN SSH SIGNATURE-----/, '-----BEGIN PGP SIGNATURE-----'),
    )
    origin.git(
      'update-ref',
      'refs/heads/main',
      origin.git('hash-object', '-t', 'commit', '-w', join(scratch, 'raw')),
    )
    expect(await judge()).toBe('refused')
  })
})

describe('an address', () => {
  it.each([
    ['https://git.example.com/rack.git', 'https'],
    ['http://127.0.0.1:8000/rack.git', 'http:https'],
    ['ssh://git@git.example.com:2222/rack.git', 'ssh'],
    ['git@git.example.com:rack.git', 'ssh'],
    ['file:///srv/rack.git', 'file'],
    ['/', 'file'],
  ])('%s', (text, protocols) => {
    expect(readRepositoryAddress(text)).toMatchObject({ protocols, isOpen: false })
  })

  it.each(['http://git.example.com/rack.git', 'git://git.example.com/rack.git'])(
    '%s is unprotected',
    (text) => {
      expect(readRepositoryAddress(text)).toMatchObject({ isOpen: true })
    },
  )

  it.each([
    'ext::sh -c touch% /tmp/x',
    'ext::sh',
    'fd::3',
    'http::https://git.example.com',
    '--upload-pack=touch x',
    '-x',
    '',
    'https://token@git.example.com/rack.git',
    'https://user:password@git.example.com/rack.git',
    'ssh://-oProxyCommand=touch/rack.git',
    'ssh://git@-oProxyCommand=touch/rack.git',
    '-oProxyCommand=x:rack',
    'ftp://git.example.com/rack.git',
    '/nowhere/at/all',
    'https://git.example.com/a b',
    'https://git.example.com/a\nb',
  ])('%s is invalid', (text) => {
    expect(readRepositoryAddress(text)).toHaveProperty('wrong')
  })
})

describe('a name of a branch', () => {
  it.each([
    ['main', 'refs/heads/main'],
    ['team/rack-1', 'refs/heads/team/rack-1'],
    ['refs/tags/v1', 'refs/tags/v1'],
  ])('%s', (text, name) => expect(readRef(text)).toBe(name))

  it.each([
    '',
    '-',
    '--upload-pack=x',
    'a b',
    'a:b',
    'a..b',
    '+a*',
    'a^',
    'a~1',
    'a.lock',
    '@',
    'a@{1}',
    '/a',
    'a/',
    'a\nb',
  ])('%s is invalid', (text) => expect(readRef(text)).toBe(null))
})
