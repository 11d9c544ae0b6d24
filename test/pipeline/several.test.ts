import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { printMistakes } from '../../src/commands/report.ts'
import { secretsSource } from '../../src/pipeline/secrets.ts'
import { type Served, serveProfile } from '../../src/pipeline/served.ts'
import { profilesIn } from '../../src/pipeline/several/profiles-in.ts'
import { serveSeveral } from '../../src/pipeline/several/serve-several.ts'
import { machineFinder, machinesOf } from '../../src/server/operated.ts'
import { commitFor, follow } from '../../src/server/versions.ts'
import { exampleFile } from '../example.ts'
import { otherCluster } from '../support/other-cluster.ts'
import { bodyOf } from '../../src/server/shared-bodies.ts'

const example = readFileSync(exampleFile('external-load-balancers'), 'utf8')
const second = `${otherCluster(example)}deadline: 17\nsyslogPort: 514\n`
const source = secretsSource('ephemeral', 'render')
const means = {
  secretsOf: () => source,
  secrets: source,
  environment: { PATH: process.env['PATH'] },
  hakube: '0.1.0',
  stop: new AbortController().signal,
}
const name = 'sample-kube-worker-001'

let directory = ''
let alone: Served[]
let both: Served

const write = (file: string, text: string): string => {
  writeFileSync(join(directory, file), text)
  return join(directory, file)
}
const referenceTo = (profile: string) => ({ profile, revision: null })
const siteOf = ({ site, diagnostics }: Served) => {
  if (!site) throw new Error(JSON.stringify(diagnostics))
  return site
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-several-'))
  const references = [write('a.yaml', example), write('b.yaml', second)].map(referenceTo)
  alone = []
  for (const reference of references) alone.push(await serveProfile(reference, means))
  both = await serveSeveral(references, means)
}, 120_000)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('the site of several profiles', () => {
  it('has the files of each machine, to the byte, and the common ones once', () => {
    const site = siteOf(both)
    for (const [index, cluster] of ['sample', 'other'].entries()) {
      const own = [...siteOf(alone[index] ?? both).files].filter(([, { machine }]) => machine !== null)
      const different = own.filter(([path, file]) => {
        const merged = site.files.get(path)
        return (
          merged?.machine !== `${cluster}/${file.machine}` ||
          !bodyOf(merged.pieces).equals(bodyOf(file.pieces))
        )
      })
      expect([own.length > 30, different.map(([path]) => path)]).toEqual([true, []])
    }
    const common = [...site.files].filter(([, { machine }]) => machine === null).map(([path]) => path)
    expect(common).toEqual(['boot.ipxe', 'hakube.ipxe', 'autoexec.ipxe', 'grub/grub.cfg'])
    expect(bodyOf(site.files.get('boot.ipxe')?.pieces ?? []).toString()).toMatch(
      /cluster sample, other[^]*set base http:\/\/10\.10\.10\.5:8080\nset syslog 10\.10\.10\.5/,
    )
  })

  it('distinguishes machines by name, and everything else by MAC address', async () => {
    const site = siteOf(both)
    expect(machinesOf(site).length).toBe(16)
    const find = machineFinder(site)
    expect([find(name), find(`other/${name}`)?.mac, find('52:54:01:aa:cc:06')?.name, find('nobody')]).toEqual(
      [null, '52-54-01-aa-bb-06', `other/${name}`, null],
    )
    const [one, other] = ['52-54-00-aa-bb-06', '52-54-01-aa-bb-06'] as const
    expect([site.deadlines.get(one), site.deadlines.get(other)]).toEqual([
      siteOf(alone[0] ?? both).deadline,
      17,
    ])
    expect(site.described.machines.get(other)).toMatchObject({ role: 'worker', address: '10.10.10.116' })
    expect(site.described.steps(one)).toEqual(siteOf(alone[0] ?? both).described.steps(one))
    expect(site.enrolling.map(({ profile, port }) => [profile.slice(directory.length), port])).toEqual([
      ['/a.yaml', 8443],
      ['/b.yaml', 8444],
    ])
    const [first, next] = site.enrolling
    expect([first?.secrets(other), next?.secrets(one)]).toEqual([null, null])
    expect((await next?.secrets(other))?.length).toBeGreaterThan(1000)
  })

  it('has the file release for the addresses of each machine', () => {
    const { releases } = siteOf(both)
    const shown = ['10.10.10.13', '10.10.10.113', '10.10.10.5'].map((address) => {
      const release = releases.get(address)
      return release && bodyOf(release.pieces).toString().split('\n')[0]
    })
    expect(shown).toEqual(['PROFILE=sample', 'PROFILE=other', undefined])
  })

  it('knows the commit of the profile of each machine', () => {
    const site = siteOf(both)
    const commits = new Map([['52-54-01-aa-bb-06', 'b'.repeat(40)]])
    const described = { ...site.described, commit: 'a'.repeat(40), commits }
    const before = { ...site, described }
    expect([commitFor(before, '52-54-00-aa-bb-06'), commitFor(before, '52-54-01-aa-bb-06')]).toEqual([
      'a'.repeat(40),
      'b'.repeat(40),
    ])
    const next = follow(before, site, ({ mac }) => mac === '52-54-01-aa-bb-06')
    expect([...next.kept].map(([mac, { commit, files }]) => [mac, commit, files.size > 3])).toEqual([
      ['52-54-01-aa-bb-06', 'b'.repeat(40), true],
    ])
  })

  it('does not exist if one of them has a mistake; all are shown', async () => {
    const bad = [write('bad-a.yaml', `${example}colour: red\n`), write('bad-b.yaml', `${second}x: [\n`)]
    const served = await serveSeveral(bad.map(referenceTo), means)
    expect(served.site).toBe(null)
    const text = printMistakes([served], false).replaceAll(`${directory}/`, '')
    expect(text).toMatch(/^bad-a\.yaml:\d+:1: error\[schema\/unknown-key\][^]*\n *\d+ \| colour: red\n/)
    expect(text).toMatch(/\nbad-b\.yaml:\d+:1: error\[yaml\/unclosed-bracket\]/)
  })
})

describe('a directory of profiles', () => {
  it('contains the files that are profiles and not the base of another, including those with mistakes', async () => {
    const folder = join(directory, 'folder')
    mkdirSync(join(folder, 'more'), { recursive: true })
    const files = {
      'z.yaml': 'extends: base.yaml\nhakube: 1\nname: z\n',
      'base.yaml': 'hakube: 1\n',
      'b.yml': 'hakube: 1\nextends: [./base.yaml]\n',
      'broken.yaml': 'hakube: 1\nx: [\n',
      'notes.yaml': 'a: b\n',
      'list.yaml': '- hakube\n',
      '.hidden.yaml': 'hakube: 1\n',
      'a.txt': 'hakube: 1\n',
      'more/c.yaml': 'hakube: 1\n',
    }
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
    expect(await profilesIn(folder)).toEqual(
      ['b.yml', 'broken.yaml', 'z.yaml'].map((file) => join(folder, file)),
    )
    expect(await profilesIn(join(directory, 'a.yaml'))).toEqual([])
  })
})
