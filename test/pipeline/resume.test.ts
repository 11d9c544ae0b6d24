import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMirror } from '../../src/files/mirror.ts'
import { readRef, readRepositoryAddress } from '../../src/files/repository-address.ts'
import { renderAgain, type Source } from '../../src/pipeline/follow.ts'
import { type BegunMachine, resumeVersions } from '../../src/pipeline/resume.ts'
import { secretsSource } from '../../src/pipeline/secrets.ts'
import { serveProfile } from '../../src/pipeline/served.ts'
import { nothingDescribed, type ServedSite } from '../../src/server/served-site.ts'
import { exampleFile } from '../example.ts'
import { makeRepository, type Repository } from '../support/repository.ts'

/* Real git, real profiles: each commit is rendered as hakube serve does it. */

const example = readFileSync(exampleFile('external-load-balancers'), 'utf8')
const profile = 'rack/profile.yaml'
const environment = { PATH: process.env['PATH'], HOME: '/nonexistent' }
const secrets = secretsSource('ephemeral', 'render')
const lb1 = { mac: '52-54-00-aa-bb-01', name: 'sample-haproxy-001' }
const lb2 = { mac: '52-54-00-aa-bb-02', name: 'sample-haproxy-002' }

let origin: Repository
let scratch = ''
let source: Source

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'hakube-resume-'))
  origin = makeRepository()
  const address = readRepositoryAddress(origin.directory)
  if ('wrong' in address) throw new Error(address.wrong)
  const mirror = await openMirror(join(scratch, 'mirror.git'), address, readRef('main') ?? '', environment)
  source = { mirror, repository: 'the repository', ref: 'main', signers: null, mayRewind: true }
})
afterEach(() => {
  origin.remove()
  rmSync(scratch, { recursive: true, force: true })
})

const never = new AbortController().signal
const build = (commit: string, stop = never) =>
  serveProfile(
    { profile, revision: commit, mirror: join(scratch, 'mirror.git') },
    { secrets, environment, hakube: '0.1.0', stop },
  )

const again = (commit: string) => renderAgain(source, build, commit, never)

/** Commits a profile, and fetches it. */
async function push(text: string): Promise<string> {
  origin.write({ [profile]: text })
  const commit = origin.commit()
  await source.mirror.fetch(never)
  return commit
}

async function siteOf(commit: string): Promise<ServedSite> {
  const { site, diagnostics } = await build(commit)
  if (!site) throw new Error(JSON.stringify(diagnostics))
  return site
}

/** All that a server gives a machine. */
const given = async (site: ServedSite, { mac, name }: typeof lb1) => ({
  files: new Map([...site.files].filter(([, file]) => file.machine === name)),
  reporter: site.reporters.get(mac),
  secrets: (await site.enrolling[0]?.secrets(mac))?.toString('base64'),
})

const inTokyo = `${example.replace(/^timezone: .*$/m, '')}\ntimezone: Asia/Tokyo\n`

describe('machines that were being installed when the server ended', () => {
  it('get the bytes of the commits that they began with again, and others get the newest', async () => {
    const first = await push(example)
    const second = await push(inTokyo)
    const site = await siteOf(second)
    const begun: BegunMachine[] = [
      { ...lb1, commit: first },
      { ...lb2, commit: second },
    ]
    const resumed = await resumeVersions(site, begun, again)
    expect([resumed.kept, resumed.lost]).toEqual([new Map([[first, [{ ...lb1, commit: first }]]]), []])
    const before = await siteOf(first)
    expect(await given(resumed.site, lb1)).toEqual(await given(before, lb1))
    expect(await given(resumed.site, lb1)).not.toEqual(await given(site, lb1))
    expect(await given(resumed.site, lb2)).toEqual(await given(site, lb2))
    expect([...resumed.site.kept].map(([mac, { commit }]) => [mac, commit])).toEqual([[lb1.mac, first]])
  })

  it('continue with the newest version if their commit is gone, does not render, is unknown, or does not contain them', async () => {
    const without = await push(example.replaceAll(lb1.mac.replaceAll('-', ':'), '52:54:00:aa:bb:f1'))
    const bad = await push(`${example}x: [\n`)
    const site = await siteOf(await push(example))
    const gone = '1'.repeat(40)
    const commits = [gone, '--upload-pack=x', bad, without, null]
    const found = []
    for (const commit of commits) {
      const resumed = await resumeVersions(site, [{ ...lb1, commit }], again)
      expect(resumed.site).toBe(site)
      found.push(resumed.lost)
    }
    expect(found).toEqual([
      [{ ...lb1, commit: gone, reason: 'the copy of the repository no longer contains it' }],
      [{ ...lb1, commit: '--upload-pack=x', reason: 'the copy of the repository no longer contains it' }],
      [{ ...lb1, commit: bad, reason: expect.stringContaining('yaml/unclosed-bracket') }],
      [{ ...lb1, commit: without, reason: 'the commit does not contain the machine' }],
      [{ ...lb1, commit: null, reason: 'the commit is not known' }],
    ])
  })

  it('get no commit without an allowed signature', async () => {
    const first = await push(example)
    const signers = join(scratch, 'signers')
    writeFileSync(
      signers,
      'nobody@example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n',
    )
    expect(await renderAgain({ ...source, signers }, build, first, never)).toEqual({
      refusal: `it is not signed by anyone in ${signers}`,
    })
  })

  it('report the reason of a failure, and end when the server is stopped', async () => {
    const first = await push(example)
    const fault = new Error('a fault')
    expect(await renderAgain(source, () => Promise.reject(fault), first, never)).toEqual({
      refusal: 'a fault',
    })
    const stop = AbortSignal.abort(new Error('stopped'))
    await expect(renderAgain(source, (commit) => build(commit, stop), first, stop)).rejects.toThrow('stopped')
  })

  it('continue with what is served if no repository is followed', async () => {
    const described = { ...nothingDescribed, commit: '1'.repeat(40) }
    const site = { ...(await siteOf(await push(example))), described }
    const dirty = `${described.commit}-dirty`
    const reason = 'the server can restore the version that they began with only with --repo'
    const same = { ...lb1, commit: described.commit }
    const other = { ...lb2, commit: '2'.repeat(40) }
    expect(await resumeVersions(site, [same, other], null)).toEqual({
      site,
      kept: new Map(),
      lost: [{ ...other, reason }],
    })
    // What a working tree held is nowhere written down.
    const unclean = { ...site, described: { ...described, commit: dirty } }
    const { lost } = await resumeVersions(unclean, [{ ...lb1, commit: dirty }], null)
    expect(lost).toEqual([{ ...lb1, commit: dirty, reason }])
  })
})
