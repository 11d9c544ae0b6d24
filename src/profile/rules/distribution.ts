import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { didYouMean, orList } from '../../diagnostics/suggest.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { findUnsupported } from '../../distributions/ended.ts'
import { distributions, findDistribution } from '../../distributions/index.ts'
import { installMethod } from '../../distributions/install-methods.ts'
import { compareVersions } from '../../text/versions.ts'
import { defaults } from '../defaults.ts'
import { storageOf } from '../storage.ts'
import { mirrorGiven } from '../mirror-addresses.ts'
import type { Profile } from '../schema.ts'
import {
  isKnown,
  knownSystems,
  systemsOf,
  topChoice,
  type KnownSystem,
  type ProfileSystem,
} from '../systems.ts'
import { onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'

/** The operating system: whether hakube supports it, and whether it supports what the profile uses. */
export const distributionRules: Rule = ({ profile }) => [
  ...checkTop(profile),
  ...onEach(profile, systemsOf(profile), (system) =>
    isKnown(system)
      ? [...checkInstall(system), ...checkEndOfLife(system), ...checkMirror(system, profile)]
      : [unknown(system)],
  ),
  ...checkDisks(profile),
]

/** A top-level distribution that no machine uses. */
function checkTop(profile: Profile): Diagnostic[] {
  const { name, version } = profile.distribution
  const isUsed = systemsOf(profile).some((system) => system.name === name && system.version === version)
  if (isUsed || findDistribution(name, version)) return []
  return [unknown({ name, version, choice: topChoice(profile) })]
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

function unknown({ name, version, choice }: Pick<ProfileSystem, 'name' | 'version' | 'choice'>): Diagnostic {
  if (!names.includes(name)) {
    const other = otherNames.get(name.toLowerCase())
    const hint = other === undefined ? didYouMean(name, names) : `did you mean ${other}?`
    return error('distribution/unknown', `hakube does not know the distribution ${JSON.stringify(name)}`, {
      hint: `${hint} known: ${names.join(', ')}`.replace(/^write .* known/, 'known'),
      path: choice.name.path,
    })
  }
  if (choice.version === null) {
    const hint = `write version: "${versionsOf(name).at(-1)?.version}" below name, or leave name out to change the version or the install method alone`
    return error('distribution/no-version', `${name} has no version here`, { hint, path: choice.name.path })
  }
  const { path } = choice.version
  const all = versionsOf(name)
  const versions = all.map((each) => each.version)
  const known = `known: ${versions.map((each) => `"${each}"`).join(', ')}`
  // Accepts common spellings: 8.10, 8-stream, "stream 8", 11 (bullseye).
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
        hint: `use ${orList(current)}`,
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

/** Distributions whose packages need a subscription require a mirror. */
function checkMirror(
  { distribution, choice, indices }: KnownSystem,
  { machines, hardware, mirrors }: Profile,
): Diagnostic[] {
  const { mirror, title } = distribution
  const given = mirrorGiven(mirrors?.distribution, distribution)?.value
  if (mirror !== null || typeof given === 'string') return []
  const isMissing = (index: number) =>
    given?.[machines[index]?.architecture ?? hardware?.architecture ?? defaults.architecture] === undefined
  if (!indices.some(isMissing)) return []
  return [
    error(
      'distribution/no-mirror',
      `the packages of ${title} require a subscription, so hakube has no default mirror`,
      {
        hint: 'set mirrors.distribution to your own mirror (docs/distributions.md), or use Rocky Linux, AlmaLinux or CentOS Stream',
        path: choice.name.path,
        source: 'https://access.redhat.com/solutions/253273',
      },
    ),
  ]
}

function checkInstall({ choice, distribution, install }: KnownSystem): Diagnostic[] {
  const { installs, title } = distribution
  if (install === undefined || installs.includes(install)) return []
  return [
    error('distribution/install', `${title} does not support the install method ${install}`, {
      hint: `write ${orList(installs)}, or remove install`,
      path: choice.install?.path ?? choice.path,
    }),
  ]
}

/** Machines that are installed need a disk. */
function checkDisks(profile: Profile): Diagnostic[] {
  const { hardware, machines } = profile
  if (hardware?.disk !== undefined) return []
  const known = knownSystems(profile).filter(
    ({ distribution, install }) => install === undefined || distribution.installs.includes(install),
  )
  const needing = known.filter(({ install }) => install === undefined || installMethod(install).keepsDisk)
  const hasDisk = machines.map((_, index) => storageOf(profile, index).disk !== undefined)
  return needing.flatMap((system) => checkDisksOf(profile, system, hasDisk))
}

function checkDisksOf(
  { machines }: Profile,
  { distribution, install, indices }: KnownSystem,
  hasDisk: readonly boolean[],
): Diagnostic[] {
  const needs = `${install ?? 'the installer'} needs to know which to use`
  const fromMemory = distribution.installs.find((each) => !installMethod(each).keepsDisk)
  const without =
    fromMemory === undefined ? '' : `; or install: ${fromMemory} below distribution, which runs from memory`
  if (machines.length > 1 && indices.length === machines.length && !hasDisk.includes(true)) {
    return [
      error('hardware/no-disk', `no machine has a disk, and ${needs}`, {
        hint: `write hardware: and below it disk: /dev/sda, or set disk for each machine${without}`,
        path: ['machines'],
        onKey: true,
      }),
    ]
  }
  return indices.flatMap((index) =>
    hasDisk[index] === false
      ? [
          error('hardware/no-disk', `${machines[index]?.name} has no disk, and ${needs}`, {
            hint: `write disk below hardware for all machines, or for this machine, e.g. disk: /dev/sda${without}`,
            path: ['machines', index, 'name'],
          }),
        ]
      : [],
  )
}

function checkEndOfLife({ choice, distribution: { endOfLife, title } }: KnownSystem): Diagnostic[] {
  if (endOfLife === null) return []
  return [
    warning('distribution/end-of-life', `${title} has had no security updates since ${endOfLife}`, {
      hint: `use ${orList(newest())}`,
      path: choice.version?.path ?? choice.path,
    }),
  ]
}

/** SELinux settings for distributions without SELinux. */
export const selinuxRules: Rule = ({ profile }) => {
  const systems = knownSystems(profile)
  const [first] = systems
  if (!first || profile.selinux === undefined || systems.some(({ distribution }) => distribution.selinux))
    return []
  return [
    warning(
      'distribution/no-selinux',
      `${systems.length > 1 ? 'no machine uses' : `${first.distribution.title} does not use`} SELinux, so the setting has no effect`,
      {
        hint: 'remove selinux',
        path: ['selinux'],
        onKey: true,
      },
    ),
  ]
}
