import { describe, expect, it } from 'vitest'
import { printDiagnostics } from '../../../src/diagnostics/print.ts'
import { parseProfile } from '../../../src/profile/load.ts'
import { acrossProfiles, differentAssets, servedTogether } from '../../../src/profile/rules/index.ts'
import { inlineExample } from '../../example.ts'
import { otherCluster } from '../../support/other-cluster.ts'

const good = inlineExample('external-load-balancers').replace('secrets: {delivery: inline}\n', '')
const second = otherCluster(good)

const loadedOf = (texts: readonly string[]) =>
  texts.map((text, index) => parseProfile(text, `cluster-${index + 1}.yaml`))

const linesOf = (found: ReturnType<typeof servedTogether>): string[] =>
  found.flatMap(({ loaded, diagnostics }) =>
    diagnostics.map((diagnostic) => printDiagnostics([{ diagnostic, loaded }], 'text')),
  )

const together = (...texts: string[]): string[] => linesOf(servedTogether(loadedOf(texts)))
const beside = (...texts: string[]): string[] => linesOf(acrossProfiles(loadedOf(texts)))

describe('profiles that one server is to serve', () => {
  it('may have machines of the same name', () => {
    expect(together(good, second)).toEqual([])
    expect(together(good)).toEqual([])
  })

  it('must have different names, which is required only here', () => {
    const same = second.replace('name: other', 'name: sample')
    expect(together(good, same)).toMatchInlineSnapshot(`
      [
        "cluster-2.yaml:10:7: error[profiles/served-name]: one server cannot serve two clusters with the name sample [$.name]
         10 | name: sample
            |       ^^^^^^
        hint: rename one of them: machines are told apart as CLUSTER/NAME
        cluster-1.yaml:10:7: the other profile
      ",
      ]
    `)
    expect(beside(good, same).join('')).toMatch(/^cluster-2\.yaml:10:7: warning\[profiles\/same-name\]/)
  })

  it('must have the same server, which is not required for profiles that are only checked together', () => {
    const elsewhere = second.replace('server: http://10.10.10.5:8080', 'server: http://10.10.10.6:8080')
    expect(together(good, elsewhere)).toMatchInlineSnapshot(`
      [
        "cluster-2.yaml:13:9: error[profiles/other-server]: machines of this profile contact http://10.10.10.6:8080, and those of cluster-1.yaml contact http://10.10.10.5:8080 [$.server]
         13 | server: http://10.10.10.6:8080
            |         ^^^^^^^^^^^^^^^^^^^^^^
        hint: write the same server, or start a server for each profile
        cluster-1.yaml:13:9: the other profile
      ",
      ]
    `)
    expect(beside(good, elsewhere)).toEqual([])
  })

  it('must have different ports for enrolment, wherever these are set, even if they are only checked together', () => {
    const usual = second.replace('secrets: {deliveryPort: 8444}', '')
    expect(together(good, usual)).toMatchInlineSnapshot(`
      [
        "cluster-2.yaml:13:9: error[profiles/same-delivery-port]: machines of this profile enrol on port 8443 of the server, as those of cluster-1.yaml, but each cluster has its own CA [$.server]
         13 | server: http://10.10.10.5:8080
            |         ^^^^^^^^^^^^^^^^^^^^^^
        hint: give one of them another port: secrets: {deliveryPort: 8444}
        cluster-1.yaml:13:9: the other profile
      ",
      ]
    `)
    expect(together(`${good}secrets: {deliveryPort: 8444}\n`, second)).toMatchInlineSnapshot(`
      [
        "cluster-2.yaml:119:25: error[profiles/same-delivery-port]: machines of this profile enrol on port 8444 of the server, as those of cluster-1.yaml, but each cluster has its own CA [$.secrets.deliveryPort]
        119 | secrets: {deliveryPort: 8444}
            |                         ^^^^
        hint: give one of them another port: secrets: {deliveryPort: 8445}
        cluster-1.yaml:118:25: the other profile
      ",
      ]
    `)
    expect(beside(good, usual)).toEqual(together(good, usual))
    const elsewhere = usual.replace('server: http://10.10.10.5:8080', 'server: http://10.10.10.6:8080')
    expect(beside(good, elsewhere)).toEqual([])
    expect(together(good, `${usual}secrets: {delivery: inline}\n`)).toEqual([])
  })

  it('must have the same port for syslog, if they have one', () => {
    expect(together(`${good}syslogPort: 514\n`, `${second}syslogPort: 1514\n`)).toMatchInlineSnapshot(`
      [
        "cluster-2.yaml:120:13: error[profiles/other-syslog-port]: machines of this profile send syslog to port 1514, and those of cluster-1.yaml to 514 [$.syslogPort]
        120 | syslogPort: 1514
            |             ^^^^
        hint: a server listens on one port: write syslogPort: 514
        cluster-1.yaml:118:13: the other profile
      ",
      ]
    `)
    expect(
      together(`${good}syslogPort: 514\n`, second, second.replace('name: other', 'name: third')).length,
    ).toBe(2)
  })

  it('are compared with all others, and all conflicts are reported at once', () => {
    const third = second.replace('name: other', 'name: third').replaceAll('52:54:01', '52:54:02')
    const found = together(good, second, third).map((text) => /\[profiles\/[a-z-]+\]/.exec(text)?.[0])
    expect([...new Set(found)]).toEqual(['[profiles/copy]', '[profiles/same-delivery-port]'])
  })

  it('must have the same contents of a file below assets/', () => {
    const [one, two] = loadedOf([good, second]).map((loaded) => ({
      loaded,
      from: ['networkPlugin', 'manifest', 'sha256'],
    }))
    if (!one || !two) throw new Error('two profiles')
    const asset = (sha256: string | null, path = 'a') => ({ path, sha256, from: one.from })
    const found = (first: string | null, other: string | null) =>
      differentAssets([
        { loaded: one.loaded, assets: [asset(first), asset('x', 'b')] },
        { loaded: two.loaded, assets: [asset(other), asset('x', 'b')] },
      ])
    expect(found('x', 'x')).toEqual([[], []])
    expect(found(null, 'x')).toEqual([[], []])
    const different = found('x', 'y')
    expect(
      different.map((list) =>
        list.map((diagnostic) => printDiagnostics([{ diagnostic, loaded: two.loaded }], 'text')),
      ),
    ).toMatchInlineSnapshot(`
      [
        [],
        [
          "cluster-2.yaml:94:13: error[profiles/other-asset]: assets/a has a different sha256 here than in cluster-1.yaml [$.networkPlugin.manifest.sha256]
         94 |     sha256: e875824be2f552b45711dbda91af81b17eb961d00025d914d9fef18fad8f09c0
            |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: a server has one directory of assets: give one of the files another name
        cluster-1.yaml:94:13: the other profile
      ",
        ],
      ]
    `)
  })
})
