import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import { hasArgument, knownEtcdArguments, lastListedEtcd } from '../../distributions/arguments/index.ts'
import { compareVersions } from '../../text/versions.ts'
import { etcdReleaseOf } from '../etcd-release.ts'
import { etcdPlacementOf } from '../placements.ts'
import { argumentTexts } from '../schema-arguments.ts'
import { readers } from './known-arguments.ts'
import type { Rule } from './rule.ts'

/* Arguments of etcd in the profile. https://etcd.io/docs/latest/op-guide/configuration/ */

const page = 'https://etcd.io/docs/latest/op-guide/configuration/'

const certificates = 'the CA and the certificates are in the secrets bundle'
const members = 'it follows from the machines of the profile'
const ownMembers = 'machines of the profile find each other without it'

/** Arguments that would deny access, lose data, or contradict what hakube or kubeadm sets. */
const own: Readonly<Record<string, string>> = {
  name: 'it is the name of the machine',
  'data-dir': 'it is /var/lib/etcd, where a disk of its own can be mounted',
  'wal-dir': 'snapshots and restores use /var/lib/etcd',
  'config-file': 'etcd ignores all other settings when there is a file',
  'force-new-cluster': 'it removes all other members at each start; see docs/operations.md for a restore',
  'listen-client-urls': members,
  'listen-peer-urls': members,
  'listen-client-http-urls': members,
  'advertise-client-urls': members,
  'initial-advertise-peer-urls': members,
  'initial-cluster': members,
  'initial-cluster-state': members,
  'initial-cluster-token': 'it is the name of the profile',
  'auto-tls': certificates,
  'peer-auto-tls': certificates,
  ...Object.fromEntries(
    [
      'cert-file',
      'key-file',
      'trusted-ca-file',
      'client-cert-auth',
      'client-cert-file',
      'client-key-file',
      'client-crl-file',
      'client-cert-allowed-hostname',
    ].map((name) => [name, certificates]),
  ),
  ...Object.fromEntries(
    [
      'cert-file',
      'key-file',
      'trusted-ca-file',
      'client-cert-auth',
      'client-cert-file',
      'client-key-file',
      'crl-file',
      'cert-allowed-cn',
      'cert-allowed-hostname',
    ].map((name) => [`peer-${name}`, certificates]),
  ),
}

const isOwn = (name: string): boolean => Object.hasOwn(own, name) || /^(?:discovery|proxy)(?:-|$)/.test(name)

/** ValidateBasic and setupLogging of embed/config.go. */
const choices: Readonly<Record<string, readonly string[]>> = {
  'auto-compaction-mode': ['periodic', 'revision'],
  'log-level': ['debug', 'info', 'warn', 'error', 'panic', 'fatal'],
  metrics: ['basic', 'extensive'],
  'tls-min-version': ['TLS1.2', 'TLS1.3'],
  'tls-max-version': ['TLS1.2', 'TLS1.3'],
}

export const etcdArgumentRules: Rule = ({ profile }) => {
  const given = argumentTexts(profile.etcd?.arguments)
  const release = etcdReleaseOf(profile)
  const stacked = etcdPlacementOf(profile) === 'stacked'
  return [
    ...Object.entries(given).flatMap(([name, value]) => [
      ...checkName(name, release),
      ...checkValue(name, value, stacked),
    ]),
    ...checkTiming(given),
  ]
}

const at = (name: string): Path => ['etcd', 'arguments', name]

function checkName(name: string, release: string | null): Diagnostic[] {
  const place = { path: at(name), onKey: true, source: page }
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) {
    const near = name
      .replace(/^ETCD_/, '')
      .replace(/^-+/, '')
      .replace(/=.*$/s, '')
      .replaceAll('_', '-')
      .toLowerCase()
    const hint = knownEtcdArguments.has(near)
      ? `write ${near}: without leading dashes, and the value after the colon`
      : 'write the name as etcd --help prints it, without leading dashes'
    return [error('arguments/name', `${inQuotes(name)} is not an argument name`, { ...place, hint })]
  }
  if (isOwn(name))
    return [
      error('arguments/by-hakube', `hakube sets --${name} of etcd itself`, {
        ...place,
        hint: `remove it: ${own[name] ?? ownMembers}`,
      }),
    ]
  const known = knownEtcdArguments.get(name)
  if (known && (release === null || hasArgument(known, release))) return checkDanger(name)
  const names = [...knownEtcdArguments].filter(
    ([each, about]) => !isOwn(each) && (release === null || hasArgument(about, release)),
  )
  const near = renamed(
    name,
    names.map(([each]) => each),
  )
  if (known && release !== null) {
    const gone = known.last !== null && compareVersions(release, known.last) > 0
    const message = gone
      ? `etcd has had no --${name} since ${known.last}, and this is ${release}`
      : `etcd has --${name} only from ${known.first}, and this is ${release}`
    const hint = near === null ? 'remove it' : `remove it, or write ${near} if that is meant`
    return [error('arguments/release', message, { ...place, hint })]
  }
  const hint = near === null ? 'write a name that etcd --help prints' : `did you mean ${near}?`
  if (release === null || compareVersions(release, lastListedEtcd) <= 0)
    return [error('arguments/unknown', `etcd has no argument --${name}`, { ...place, hint })]
  return [
    warning('arguments/unknown', `hakube does not know the argument --${name} of etcd`, {
      ...place,
      hint: `${hint}; etcd does not start with an unknown argument`,
    }),
  ]
}

/** Most experimental flags lost the prefix when they became stable. */
function renamed(name: string, names: readonly string[]): string | null {
  const bare = name.replace(/^experimental-/, '')
  return (
    names.find((each) => each !== name && each.replace(/^experimental-/, '') === bare) ?? suggest(name, names)
  )
}

const checkDanger = (name: string): Diagnostic[] =>
  name === 'unsafe-no-fsync'
    ? [
        warning('etcd/no-fsync', 'with unsafe-no-fsync a power cut can destroy the data of etcd', {
          hint: 'remove it; a slow disk needs a larger election-timeout',
          path: at(name),
          onKey: true,
          source: page,
        }),
      ]
    : []

function checkValue(name: string, value: string, stacked: boolean): Diagnostic[] {
  const known = knownEtcdArguments.get(name)
  if (!known || isOwn(name)) return []
  const place = { path: at(name), source: page }
  // The value has to fit into an environment file that systemd and a shell read alike.
  if (/\p{Cc}/u.test(value) || (!stacked && /["\\$`]/.test(value))) {
    const what = stacked
      ? 'a control character or a line break'
      : 'a line break, a quote, a backslash, a backtick or $'
    return [
      error('arguments/value', `the value of ${name} contains ${what}`, {
        ...place,
        hint: 'write one line without it',
      }),
    ]
  }
  const words = Object.hasOwn(choices, name) ? choices[name] : undefined
  const { reads, what } = words
    ? { reads: (text: string) => words.includes(text), what: `one of ${words.join(', ')}` }
    : readers[known.type]
  const urls = name.endsWith('-urls') && value.split(',').some((each) => !/^https?:\/\/[^/]+:\d+$/.test(each))
  if (reads(value) && !urls) return []
  return [
    error('arguments/type', `${inQuotes(value)} is not a valid value of --${name}, so etcd would not start`, {
      ...place,
      hint: `write ${urls ? 'URLs with a port and without a path, e.g. http://127.0.0.1:2381' : what}`,
    }),
  ]
}

/** Validate of embed/config.go; the defaults are those of etcd. */
function checkTiming(given: Readonly<Record<string, string>>): Diagnostic[] {
  const [heartbeat, election] = [given['heartbeat-interval'], given['election-timeout']]
  const [beats, timeout] = [Number(heartbeat ?? 100), Number(election ?? 1000)]
  if (!Number.isInteger(beats) || !Number.isInteger(timeout)) return []
  const place = {
    path: at(election === undefined ? 'heartbeat-interval' : 'election-timeout'),
    source: 'https://etcd.io/docs/latest/tuning/',
  }
  if (timeout > 50_000)
    return [
      error(
        'etcd/timing',
        `an election-timeout of ${timeout} ms is too long: etcd starts with at most 50000`,
        {
          ...place,
          hint: 'write ten times the round trip between the members, at least 5 times heartbeat-interval',
        },
      ),
    ]
  if (timeout >= 5 * beats) return []
  return [
    error(
      'etcd/timing',
      `election-timeout is ${timeout} ms, less than 5 times heartbeat-interval (${beats} ms): etcd does not start`,
      {
        ...place,
        hint: `write election-timeout: ${10 * beats}`,
      },
    ),
  ]
}
