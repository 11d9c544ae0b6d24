import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { open } from '../../src/pipeline/open.ts'
import type { SecretsSource } from '../../src/pipeline/secrets.ts'
import { serveDirectory, serveProfile } from '../../src/pipeline/served.ts'
import { buildSite, renderInTurns } from '../../src/pipeline/site.ts'
import { siteFiles } from '../../src/site/build.ts'
import { exampleFile, secretsFor, testSecrets } from '../example.ts'

const directory = mkdtempSync(join(tmpdir(), 'hakube-pipeline-'))
afterAll(() => rmSync(directory, { recursive: true }))

const secrets: SecretsSource = async ({ cluster }) => ({
  secrets: await secretsFor(cluster),
  diagnostics: [],
})
const environment = { PATH: process.env['PATH'] }
const stop = new AbortController().signal
const means = { secrets, environment, stop, hakube: '1.2.3' }
const reference = (name: 'rack-test' | 'external-load-balancers') => ({
  profile: exampleFile(name),
  revision: null,
})

/** A copy of an example outside git, with something in it replaced. */
function changed(name: string, from: string, to: string) {
  const profile = join(directory, name)
  writeFileSync(profile, readFileSync(exampleFile('rack-test'), 'utf8').replace(from, to))
  return { profile, revision: null }
}

describe('open', () => {
  it('returns the cluster of a profile', async () => {
    const { cluster, diagnostics } = await open(reference('rack-test'), means)
    expect(cluster?.name).toBe('rack')
    expect(cluster?.secrets.bootstrapToken).toBe(testSecrets.bootstrapToken)
    expect(diagnostics.map(({ code }) => code)).toEqual(['load-balancing/one-balancer'])
  })

  it('returns the mistakes of a profile, and then looks for no secrets', async () => {
    const asked: unknown[] = []
    const { cluster, diagnostics } = await open(changed('broken.yaml', 'hakube: 1', 'hakube: 9'), {
      ...means,
      secrets: (resolved) => {
        asked.push(resolved)
        return Promise.resolve({ secrets: testSecrets, diagnostics: [] })
      },
    })
    expect({ cluster, codes: diagnostics.map(({ code }) => code), asked }).toEqual({
      cluster: null,
      codes: ['profile/format-version'],
      asked: [],
    })
  })

  it('returns a diagnostic if a revision cannot be read', async () => {
    const { profile } = changed('outside-git.yaml', '', '')
    const { cluster, diagnostics } = await open({ profile, revision: 'HEAD' }, means)
    expect({ cluster, codes: diagnostics.map(({ code }) => code) }).toEqual({
      cluster: null,
      codes: ['git/no-repository'],
    })
  })
})

describe('buildSite', () => {
  it('returns the files and the assets of a site any number of times', async () => {
    const { loaded, cluster } = await open(reference('external-load-balancers'), means)
    if (!cluster) throw new Error('no cluster')
    const { site } = await buildSite({ loaded, cluster }, means)
    if (!site) throw new Error('no site')
    const paths = [...siteFiles(cluster, site.about)].map(({ path }) => path)
    expect([...(await renderInTurns(site)).keys()]).toEqual(paths)
    expect([...site.files()].map(({ path }) => path)).toEqual(paths)
    expect(site.assets.map(({ path }) => path)).toMatchInlineSnapshot(`
      [
        "rocky-9-amd64/vmlinuz",
        "rocky-9-amd64/initrd.img",
        "manifests/flannel-v0.28.9.yaml",
      ]
    `)
  })

  it('refuses what conflicts on one machine', async () => {
    const conflict = changed('conflict.yaml', '', '').profile
    writeFileSync(conflict, `${readFileSync(conflict, 'utf8')}\nsysctls:\n  net.ipv4.ip_forward: '0'\n`)
    const { loaded, cluster, diagnostics } = await open({ profile: conflict, revision: null }, means)
    if (!cluster) throw new Error(diagnostics.map(({ message }) => message).join())
    const built = await buildSite({ loaded, cluster }, means)
    expect({ site: built.site, codes: built.diagnostics.map(({ code }) => code) }).toMatchInlineSnapshot(`
      {
        "codes": [
          "conflict/sysctl",
        ],
        "site": null,
      }
    `)
  })

  it('ends with the reason of the signal once that is aborted', async () => {
    const { loaded, cluster } = await open(reference('rack-test'), means)
    if (!cluster) throw new Error('no cluster')
    const controller = new AbortController()
    const { site } = await buildSite({ loaded, cluster }, { ...means, stop: controller.signal })
    if (!site) throw new Error('no site')
    const files = site.files()
    files.next()
    controller.abort(new Error('enough'))
    expect(() => files.next()).toThrow('enough')
  })
})

describe('a site to serve', () => {
  it('can be made from several profiles concurrently, each with its own machines', async () => {
    const names = ['rack-test', 'external-load-balancers'] as const
    const served = await Promise.all(names.map((name) => serveProfile(reference(name), means)))
    expect(served.map(({ name, diagnostics }) => [name, diagnostics.map(({ code }) => code)])).toEqual([
      ['rack', ['load-balancing/one-balancer']],
      ['sample', []],
    ])
    const [one, other] = served.map(({ site }) => [...(site?.machines.keys() ?? [])])
    expect(one?.length).toBeGreaterThan(0)
    expect(one?.filter((mac) => other?.includes(mac))).toEqual([])
  })

  it('is null with the reason if the profile or the directory does not provide one', async () => {
    const [profile, empty] = [changed('broken.yaml', 'hakube: 1', 'hakube: 9'), join(directory, 'nothing')]
    const served = [await serveProfile(profile, means), await serveDirectory(empty)]
    expect(served.map(({ site, diagnostics }) => [site, diagnostics.map(({ code }) => code)])).toEqual([
      [null, ['profile/format-version']],
      [null, ['site/input-output']],
    ])
  })
})
