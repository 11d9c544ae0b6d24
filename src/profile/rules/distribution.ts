import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { didYouMean, orList } from '../../diagnostics/suggest.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { findUnsupported } from '../../distributions/ended.ts'
import { distributions, findDistribution } from '../../distributions/index.ts'
import { compareVersions } from '../../distributions/kubernetes.ts'
import { defaults } from '../defaults.ts'
import type { Profile, ProfileMachine } from '../schema.ts'
import type { Rule } from './rule.ts'

/** The operating system: whether hakube knows it, and whether it can do what the profile asks. */
export const distributionRules: Rule = ({ profile }) => {
  const { name, version } = profile.distribution
  const distribution = findDistribution(name, version)
  if (!distribution) return [unknown(name, version)]
  return [
    ...checkInstall(distribution, profile),
    ...checkEndOfLife(distribution),
    ...checkMirror(distribution, profile),
  ]
}

const otherNames: ReadonlyMap<string, string> = new Map([
  ['red hat', 'rhel'],
  ['redhat', 'rhel'],
  ['rocky linux', 'rocky'],
  ['rockylinux', 'rocky'],
  ['alma', 'almalinux'],
  ['centos stream', 'centos'],
  ['centos-stream', 'centos'],
])

const names = [...new Set(distributions.map((each) => each.name))]

/** The newest release of each distribution. */
const newest = (): string[] =>
  names.flatMap((name) => versionsOf(name).at(-1) ?? []).map((each) => each.title)

const versionsOf = (name: string): Distribution[] =>
  distributions
    .filter((each) => each.name === name)
    .toSorted((one, other) => compareVersions(one.version, other.version))

function unknown(name: string, version: string): Diagnostic {
  if (!names.includes(name)) {
    const other = otherNames.get(name.toLowerCase())
    const hint = other === undefined ? didYouMean(name, names) : `did you mean ${other}?`
    return error('distribution/unknown', `hakube does not know the distribution ${JSON.stringify(name)}`, {
      hint: `${hint} known: ${names.join(', ')}`.replace(/^write .* known/, 'known'),
      path: ['distribution', 'name'],
    })
  }
  const path = ['distribution', 'version']
  const all = versionsOf(name)
  const versions = all.map((each) => each.version)
  const known = `known: ${versions.map((each) => `"${each}"`).join(', ')}`
  // As people write it: 8.10, 8-stream, "stream 8", 11 (bullseye).
  const [number = version] = /\d+(?:\.\d+)?/.exec(version) ?? []
  const ended = findUnsupported(name, number) ?? findUnsupported(name, number.replace(/\..*/, ''))
  if (ended) {
    const since = ended.endOfLife === null ? '' : `has had no security updates since ${ended.endOfLife}`
    const because = [since, ended.remark ?? ''].filter((text) => text !== '').join('; ')
    const current = all.filter((each) => each.endOfLife === null).map((each) => each.title)
    return error(
      'distribution/unsupported',
      `hakube does not install ${ended.title}: ${because.replace(/^has/, 'it has')}`,
      {
        hint: `take ${orList(current)}`,
        path,
        source: 'https://endoflife.date',
      },
    )
  }
  const meant = all.find(
    (each) =>
      version.startsWith(`${each.version}.`) ||
      each.version.startsWith(`${version}.`) ||
      each.version === number ||
      each.codename === version.toLowerCase(),
  )
  return error('distribution/unknown-version', `hakube does not know ${name} ${version}`, {
    hint: `${meant ? `did you mean "${meant.version}"? ` : ''}${known}`,
    path,
  })
}

/** Distributions whose packages are not for everybody. */
function checkMirror(
  { mirror, title }: Distribution,
  { machines, hardware, mirrors }: Profile,
): Diagnostic[] {
  const given = mirrors?.distribution
  if (mirror !== null || typeof given === 'string') return []
  const isMissing = ({ architecture }: ProfileMachine) =>
    given?.[architecture ?? hardware?.architecture ?? defaults.architecture] === undefined
  if (!machines.some(isMissing)) return []
  return [
    error(
      'distribution/no-mirror',
      `the packages of ${title} need a subscription, so hakube cannot name a mirror`,
      {
        hint: 'write mirrors.distribution with one of your own (docs/distributions.md), or take Rocky Linux, AlmaLinux or CentOS Stream',
        path: ['distribution', 'name'],
        source: 'https://access.redhat.com/solutions/253273',
      },
    ),
  ]
}

function checkInstall(
  distribution: Distribution,
  { distribution: given, hardware, machines }: Profile,
): Diagnostic[] {
  const { installs, title } = distribution
  const install = given.install ?? installs[0]
  if (install !== undefined && !installs.includes(install)) {
    return [
      error('distribution/install', `${title} cannot be installed by ${install}`, {
        hint: `write ${orList(installs)}, or remove install`,
        path: ['distribution', 'install'],
      }),
    ]
  }
  if (install === 'live' || hardware?.disk !== undefined) return []
  const needs = `${install ?? 'the installer'} needs to know which to take`
  const without = installs.includes('live')
    ? '; or install: live below distribution, which runs from memory'
    : ''
  if (machines.length > 1 && machines.every((machine) => machine.disk === undefined)) {
    return [
      error('hardware/no-disk', `no machine has a disk, and ${needs}`, {
        hint: `write hardware: and below it disk: /dev/sda, or disk at each machine${without}`,
        path: ['machines'],
        onKey: true,
      }),
    ]
  }
  return machines.flatMap((machine, index) =>
    machine.disk === undefined
      ? [
          error('hardware/no-disk', `${machine.name} has no disk, and ${needs}`, {
            hint: `write disk under hardware for all machines, or at this machine, e.g. disk: /dev/sda${without}`,
            path: ['machines', index, 'name'],
          }),
        ]
      : [],
  )
}

function checkEndOfLife({ endOfLife, title }: Distribution): Diagnostic[] {
  if (endOfLife === null) return []
  return [
    warning('distribution/end-of-life', `${title} has had no security updates since ${endOfLife}`, {
      hint: `take ${orList(newest())}`,
      path: ['distribution', 'version'],
    }),
  ]
}

/** Settings that a distribution has no use for. */
export const selinuxRules: Rule = ({ profile }) => {
  const distribution = findDistribution(profile.distribution.name, profile.distribution.version)
  if (!distribution || distribution.selinux || profile.selinux === undefined) return []
  return [
    warning(
      'distribution/no-selinux',
      `${distribution.title} comes without SELinux, so the setting does nothing`,
      {
        hint: 'remove selinux',
        path: ['selinux'],
        onKey: true,
      },
    ),
  ]
}
