import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openMirror } from '../../src/files/mirror.ts'
import { readRef, readRepositoryAddress } from '../../src/files/repository-address.ts'
import { beginWith, followRepository, type Follower, type Source } from '../../src/pipeline/follow.ts'
import { secretsSource } from '../../src/pipeline/secrets.ts'
import { serveProfile } from '../../src/pipeline/served.ts'
import type { ServedSite } from '../../src/server/served-site.ts'
import { exampleFile } from '../example.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { bodyOf } from '../../src/server/shared-bodies.ts'

/* Real git, real profiles: each commit is rendered as hakube serve does it. */

const example = readFileSync(exampleFile('external-load-balancers'), 'utf8')
const profile = 'rack/profile.yaml'
const stop = new AbortController().signal
const environment = { PATH: process.env['PATH'], HOME: '/nonexistent' }
const secrets = secretsSource('ephemeral', 'render')

let origin: Repository
let scratch = ''
let first = ''
let told: string[] = []
let site: ServedSite | null = null
let builds = 0

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'hakube-follow-'))
  origin = makeRepository()
  origin.write({ [profile]: example, 'README.md': 'a rack\n' })
  first = origin.commit('good')
})
afterAll(() => {
  origin.remove()
  rmSync(scratch, { recursive: true, force: true })
})
beforeEach(() => {
  told = []
  site = null
  builds = 0
  rmSync(join(scratch, 'mirror.git'), { recursive: true, force: true })
  origin.git('reset', '--quiet', '--hard', first)
})

async function source(more: Partial<Source> = {}): Promise<Source> {
  const address = readRepositoryAddress(origin.directory)
  if ('wrong' in address) throw new Error(address.wrong)
  const ref = readRef('main') ?? ''
  return {
    mirror: await openMirror(join(scratch, 'mirror.git'), address, ref, environment),
    repository: 'the repository',
    ref: 'main',
    signers: null,
    mayRewind: false,
    ...more,
  }
}

const build = (commit: string) => {
  builds++
  const from = { profile, revision: commit, mirror: join(scratch, 'mirror.git') }
  return serveProfile(from, { secrets, environment, hakube: '0.1.0', stop })
}

async function follow(
  more: Partial<Source> = {},
  served: string | null = null,
  floor: string | null = null,
  taking: () => void = () => {},
): Promise<Follower> {
  return followRepository(
    await source(more),
    {
      build,
      async take(built) {
        site = built.site
        taking()
        return null
      },
      changed: ({ fault }) => told.push(fault?.text ?? 'good'),
      now: () => '2026-11-30T12:00:00.000Z',
      stop,
    },
    served,
    floor,
  )
}

const body = (path: string): string => bodyOf(site?.files.get(path)?.pieces ?? []).toString()

/** Commits that must not be served: what is done to the repository, and what is told. */
const bad: readonly (readonly [string, RegExp, (repository: Repository) => void])[] = [
  ['is not YAML', /^rack\/profile\.yaml:\d+: yaml\//, (r) => r.write({ [profile]: `${example}x: [\n` })],
  ['is empty', /^rack\/profile\.yaml:\d+: [\w/-]+: /, (r) => r.write({ [profile]: '' })],
  [
    'is binary',
    /^rack\/profile\.yaml:\d+: [\w/-]+: /,
    (r) => r.write({ [profile]: new Uint8Array([0, 255, 254, 0, 1]) }),
  ],
  ['has an unknown field', /colour/, (r) => r.write({ [profile]: `${example}colour: red\n` })],
  ['has another version', /hakube/, (r) => r.write({ [profile]: example.replace('hakube: 1', 'hakube: 2') })],
  [
    'breaks a rule',
    /10\.99\.0\.0/,
    (r) => r.write({ [profile]: example.replace(/subnet: .*/, 'subnet: 10.99.0.0/24') }),
  ],
  [
    'has no machines',
    /machines/,
    (r) => r.write({ [profile]: example.replace(/^machines:[^]*?(?=^\w)/m, '') }),
  ],
  ['is gone', /profile\.yaml/, (r) => r.write({ [profile]: null })],
  ['was renamed', /profile\.yaml/, (r) => r.git('mv', profile, 'rack/other.yaml')],
  ['is a directory', /profile\.yaml/, (r) => r.write({ [profile]: null, [`${profile}/x`]: 'x' })],
  ['is a link out of the repository', /profile\.yaml/, (r) => linkTo(r, '/etc/hostname')],
  ['is a link up and out', /profile\.yaml/, (r) => linkTo(r, '../../../../../../../../etc/hostname')],
  ['is a link to itself', /profile\.yaml/, (r) => linkTo(r, 'profile.yaml')],
  ['is a submodule', /profile\.yaml/, (r) => submodule(r)],
  ['is huge', /profile\.yaml/, (r) => r.write({ [profile]: `${example}#${'x'.repeat(30_000_000)}\n` })],
  ['has a thousandfold alias', /^rack\/profile\.yaml:\d+: [\w/-]+: /, (r) => r.write({ [profile]: aliases })],
  ['builds on nothing', /none\.yaml/, (r) => r.write({ [profile]: `extends: none.yaml\n${example}` })],
  [
    'builds on a file of the server',
    /passwd/,
    (r) => r.write({ [profile]: `extends: /etc/passwd\n${example}` }),
  ],
  ['names a file that is not there', /motd/, (r) => r.write({ [profile]: withMotd })],
  [
    'names a file of the server',
    /hostname|outside/,
    (r) => {
      r.link('rack/motd', '/etc/hostname')
      r.write({ [profile]: withMotd })
    },
  ],
  [
    'was rewritten',
    /^main was rewritten: [0-9a-f]{12} does not contain [0-9a-f]{12}, which is served/,
    (r) => {
      r.git('checkout', '--quiet', '--orphan', 'other')
      r.git('commit', '--quiet', '--message', 'another history')
      r.git('branch', '--force', 'main')
      r.git('checkout', '--quiet', 'main')
    },
  ],
]

const withMotd = example.replace(/^files:\n/m, 'files:\n  - path: /etc/motd\n    source: motd\n')
const aliases = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, at) => `${name}: &${name} [${`*${'abcdefg'[at]}, `.repeat(9)}*${'abcdefg'[at]}]`).join('\n')}\n`

function linkTo(repository: Repository, target: string): void {
  repository.write({ [profile]: null })
  repository.link(profile, target)
}

function submodule(repository: Repository): void {
  repository.git('rm', '--quiet', '--cached', profile)
  repository.git('update-index', '--add', '--cacheinfo', `160000,${first},${profile}`)
  repository.write({
    [profile]: null,
    '.gitmodules': `[submodule "x"]\n\tpath = ${profile}\n\turl = ext::touch%x\n`,
  })
  repository.git('add', '.gitmodules')
  repository.git('commit', '--quiet', '--message', 'a submodule')
}

describe('a repository that is followed', () => {
  it(`keeps the good site through ${bad.length} bad commits, reports each once, and continues with a good one`, async () => {
    const follower = await follow()
    await follower.look()
    const before = site
    expect(follower.followed()).toEqual({
      repository: 'the repository',
      ref: 'main',
      commit: first,
      since: '2026-11-30T12:00:00.000Z',
      checked: '2026-11-30T12:00:00.000Z',
      fault: null,
    })
    for (const [what, fitting, change] of bad) {
      told = []
      change(origin)
      const commit =
        what === 'was rewritten' || what === 'is a submodule'
          ? origin.git('rev-parse', 'main')
          : origin.commit(what)
      await follower.look()
      await follower.look()
      expect([what, site === before]).toEqual([what, true])
      expect({ what, ...follower.followed() }).toMatchObject({ what, commit: first, fault: { commit } })
      const [words = '', ...more] = told
      expect({ what, words, more, fits: fitting.test(words) }).toEqual({ what, words, more: [], fits: true })
      expect(words).not.toMatch(/[\n\r]|root:/)
      // It is taken back.
      origin.git('reset', '--quiet', '--hard', first)
      await follower.look()
      expect([what, told.at(-1), follower.followed().fault]).toEqual([what, 'good', null])
      expect(site === before).toBe(true)
    }
    origin.write({ [profile]: example.replaceAll('sample', 'other') })
    const good = origin.commit('another name')
    await follower.look()
    expect(follower.followed()).toMatchObject({ commit: good, fault: null })
    expect(body('release')).toContain(`COMMIT=${good}\n`)
  })

  it('does not render a known commit again, unless requested', async () => {
    const follower = await follow()
    await follower.look()
    await follower.look()
    expect(builds).toBe(1)
    await follower.look(true)
    expect(builds).toBe(2)
  })

  it('accepts a rewritten history if that is allowed', async () => {
    const follower = await follow({ mayRewind: true })
    await follower.look()
    origin.git('commit', '--quiet', '--amend', '--message', 'good, again', '--date', '2026-02-02T00:00:00Z')
    await follower.look()
    expect(follower.followed()).toMatchObject({ commit: origin.git('rev-parse', 'main'), fault: null })
  })

  it('reports that the repository is unreachable, and that it is reachable again', async () => {
    const follower = await follow()
    await follower.look()
    origin.git('branch', '--move', 'main', 'moved')
    await follower.look()
    await follower.look()
    origin.git('branch', '--move', 'moved', 'main')
    await follower.look()
    expect(told).toEqual(['good', "cannot fetch main: couldn't find remote ref refs/heads/main", 'good'])
  })

  it('requires signatures if configured, even for the commit that it starts with', async () => {
    const signers = join(scratch, 'signers')
    writeFileSync(
      signers,
      'nobody@example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n',
    )
    const open = await follow()
    await open.look()
    expect((await beginWith(await source(), build))?.commit).toBe(first)
    expect(await beginWith(await source({ signers }), build)).toBe(null)
    const strict = await follow({ signers })
    told = []
    await strict.look()
    expect(told).toEqual([`it is not signed by anyone in ${signers}`])
    expect(strict.followed()).toMatchObject({ commit: null, fault: { commit: first } })
  })

  it('accepts nothing older than what any run has served, even if that is not served now', async () => {
    origin.write({ [profile]: example.replaceAll('sample', 'newer') })
    const newer = origin.commit('newer')
    await (await follow()).look()
    expect(body('release')).toContain(`COMMIT=${newer}\n`)
    // The server starts again and serves nothing yet, e.g. because its key to the bundle is away; someone brings the old commit back.
    origin.git('reset', '--quiet', '--hard', first)
    const again = await follow({}, null, await (await source()).mirror.kept())
    site = null
    await again.look()
    expect(site).toBe(null)
    expect(again.followed()).toMatchObject({
      commit: null,
      fault: {
        commit: first,
        text: `main was rewritten: ${first.slice(0, 12)} does not contain ${newer.slice(0, 12)}, which is served; if it is meant, start the server with --allow-rewrite`,
      },
    })
    const permitted = await follow({ mayRewind: true }, null, newer)
    await permitted.look()
    expect(permitted.followed()).toMatchObject({ commit: first, fault: null })
    // What is newer than the floor is taken as ever.
    origin.git('reset', '--quiet', '--hard', newer)
    const usual = await follow({}, null, first)
    await usual.look()
    expect(usual.followed()).toMatchObject({ commit: newer, fault: null })
  })

  it('loads a site again that it loaded partially, at the next check and not only with a new commit', async () => {
    let fails = true
    const follower = await follow({}, null, null, () => {
      if (fails) throw new Error('dnsmasq does not start')
    })
    await follower.look()
    expect(follower.followed()).toMatchObject({
      commit: null,
      fault: { commit: first, text: 'dnsmasq does not start' },
    })
    await follower.look()
    expect([builds, told]).toEqual([2, ['dnsmasq does not start']])
    fails = false
    await follower.look()
    await follower.look()
    expect([builds, told]).toEqual([3, ['dnsmasq does not start', 'good']])
    expect(follower.followed()).toMatchObject({ commit: first, fault: null })

    // Also where the commit before comes back, which counts as served.
    origin.write({ [profile]: example.replaceAll('sample', 'other') })
    const second = origin.commit('second')
    fails = true
    await follower.look()
    expect(body('release')).toContain(`COMMIT=${second}\n`)
    origin.git('reset', '--quiet', '--hard', first)
    fails = false
    await follower.look()
    expect(body('release')).toContain(`COMMIT=${first}\n`)
    expect(follower.followed()).toMatchObject({ commit: first, fault: null })
  })
})
