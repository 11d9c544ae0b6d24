import { describe, expect, it } from 'vitest'
import { knownEtcdArguments } from '../../../src/distributions/arguments/index.ts'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

/** Of a stacked etcd: 3.6 with Kubernetes 1.36. */
const check = (lines: string, version = '1.36.4'): string =>
  mistakes(
    ['kubernetes:\n', `etcd:\n  arguments:\n    ${lines}\nkubernetes:\n`],
    ['"1.36.4"', `"${version}"`],
  )

const codes = (lines: string, version = '1.36.4', more = ''): string[] =>
  parseProfile(
    replace(
      good,
      ['kubernetes:\n', `etcd:\n${more}  arguments:\n    ${lines}\nkubernetes:\n`],
      ['"1.36.4"', `"${version}"`],
    ),
    'profile.yaml',
  )
    .diagnostics.map(({ code }) => code)
    .filter((code) => /^arguments\/|^etcd\/(?:timing|no-fsync)/.test(code))

describe('arguments of etcd', () => {
  it('are accepted if the release has them', () => {
    expect(
      codes(
        '{heartbeat-interval: 250, election-timeout: "2500", listen-metrics-urls: "http://0.0.0.0:2381", feature-gates: "InitialCorruptCheck=true", compact-hash-check-time: 1m}',
      ),
    ).toEqual([])
  })

  it('are an error with the right name if they are misspelt', () => {
    expect(check('heartbeat-intervall: 250')).toMatchInlineSnapshot(`
      "profile.yaml:45:5: error[arguments/unknown]: etcd has no argument --heartbeat-intervall [$.etcd.arguments.heartbeat-intervall]
         45 |     heartbeat-intervall: 250
            |     ^^^^^^^^^^^^^^^^^^^
        hint: did you mean heartbeat-interval?
        source: https://etcd.io/docs/latest/op-guide/configuration/
      "
    `)
  })

  it('are an error if the release does not have them yet, or no longer has them', () => {
    expect(codes('watch-progress-notify-interval: 5s', '1.33.0')).toEqual(['arguments/release'])
    expect(check('enable-v2: "true"')).toMatchInlineSnapshot(`
      "profile.yaml:45:5: error[arguments/release]: etcd has had no --enable-v2 since 3.5, and this is 3.6 [$.etcd.arguments.enable-v2]
         45 |     enable-v2: "true"
            |     ^^^^^^^^^
        hint: remove it
        source: https://etcd.io/docs/latest/op-guide/configuration/
      "
    `)
  })

  it('are compared with the release of the archive or version of a service', () => {
    const archive = `  placement: control-plane\n  archive: {path: etcd-v3.5.24-linux-amd64.tar.gz, sha256: "${'0'.repeat(64)}"}\n`
    expect(codes('enable-v2: "true"', '1.36.4', archive)).toEqual([])
    expect(codes('max-learners: 2', '1.36.4', archive)).toEqual(['arguments/release'])
    expect(codes('max-learners: 2', '1.36.4', archive.replace('v3.5.24-linux', 'own'))).toEqual([])
  })

  it('are rejected if hakube sets them itself', () => {
    expect(check('initial-cluster: a=b')).toMatchInlineSnapshot(`
      "profile.yaml:45:5: error[arguments/by-hakube]: hakube sets --initial-cluster of etcd itself [$.etcd.arguments.initial-cluster]
         45 |     initial-cluster: a=b
            |     ^^^^^^^^^^^^^^^
        hint: remove it: it follows from the machines of the profile
        source: https://etcd.io/docs/latest/op-guide/configuration/
      "
    `)
    const own = ['data-dir', 'wal-dir', 'peer-cert-file', 'discovery-srv', 'force-new-cluster', 'name']
    expect(own.filter((name) => codes(`${name}: x`).join() !== 'arguments/by-hakube')).toEqual([])
  })

  it('are an error with a value that etcd cannot parse', () => {
    expect(check('heartbeat-interval: 250ms')).toMatchInlineSnapshot(`
      "profile.yaml:45:25: error[arguments/type]: "250ms" is not a valid value of --heartbeat-interval, so etcd would not start [$.etcd.arguments.heartbeat-interval]
         45 |     heartbeat-interval: 250ms
            |                         ^^^^^
        hint: write a whole number
        source: https://etcd.io/docs/latest/op-guide/configuration/
      "
    `)
    expect(check('listen-metrics-urls: 0.0.0.0:2381')).toMatchInlineSnapshot(`
      "profile.yaml:45:26: error[arguments/type]: "0.0.0.0:2381" is not a valid value of --listen-metrics-urls, so etcd would not start [$.etcd.arguments.listen-metrics-urls]
         45 |     listen-metrics-urls: 0.0.0.0:2381
            |                          ^^^^^^^^^^^^
        hint: write URLs with a port and without a path, e.g. http://127.0.0.1:2381
        source: https://etcd.io/docs/latest/op-guide/configuration/
      "
    `)
    expect(codes('auto-compaction-mode: hourly')).toEqual(['arguments/type'])
    expect(codes('log-level: "a\\nb"')).toEqual(['arguments/value'])
    const service = '  placement: control-plane\n  version: "3.5.24"\n'
    expect(codes('auth-token: "a$b"', '1.36.4', service)).toEqual(['arguments/value'])
    expect(codes('auth-token: "a$b"')).toEqual([])
  })

  it('cause an explanation if written as a variable or a flag', () => {
    expect(check('ETCD_HEARTBEAT_INTERVAL: 250')).toMatchInlineSnapshot(`
      "profile.yaml:45:5: error[arguments/name]: "ETCD_HEARTBEAT_INTERVAL" is not an argument name [$.etcd.arguments.ETCD_HEARTBEAT_INTERVAL]
         45 |     ETCD_HEARTBEAT_INTERVAL: 250
            |     ^^^^^^^^^^^^^^^^^^^^^^^
        hint: write heartbeat-interval: without leading dashes, and the value after the colon
        source: https://etcd.io/docs/latest/op-guide/configuration/
      "
    `)
  })

  it('are an error with an election timeout that etcd rejects', () => {
    expect(check('{heartbeat-interval: 250, election-timeout: 1000}')).toMatchInlineSnapshot(`
      "profile.yaml:45:49: error[etcd/timing]: election-timeout is 1000 ms, less than 5 times heartbeat-interval (250 ms): etcd does not start [$.etcd.arguments.election-timeout]
         45 |     {heartbeat-interval: 250, election-timeout: 1000}
            |                                                 ^^^^
        hint: write election-timeout: 2500
        source: https://etcd.io/docs/latest/tuning/
      "
    `)
    expect(codes('heartbeat-interval: 250')).toEqual(['etcd/timing'])
    expect(codes('election-timeout: 60000')).toEqual(['etcd/timing'])
    expect(codes('{heartbeat-interval: 200, election-timeout: 1000}')).toEqual([])
  })

  it('cause a warning if etcd does not wait for its disk', () => {
    expect(codes('unsafe-no-fsync: true')).toEqual(['etcd/no-fsync'])
  })

  it('are listed completely for four releases', () => {
    expect(knownEtcdArguments.size).toBeGreaterThan(140)
  })
})
