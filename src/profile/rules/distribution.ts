import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { didYouMean, orList } from '../../diagnostics/suggest.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { distributions, findDistribution } from '../../distributions/index.ts'
import type { Profile } from '../schema.ts'
import type { Rule } from './rule.ts'

/** The operating system: whether hakube knows it, and whether it can do what the profile asks. */
export const distributionRules: Rule = ({ profile }) => {
  const { name, version } = profile.distribution
  const distribution = findDistribution(name, version)
  if (!distribution) return [unknown(name, version)]
  return [
    ...checkInstall(distribution, profile),
    ...checkEndOfLife(distribution),
    ...checkArchitecture(distribution, profile),
  ]
}

const otherNames: ReadonlyMap<string, string> = new Map([
  ['rhel', 'rocky'],
  ['redhat', 'rocky'],
  ['rocky linux', 'rocky'],
  ['rockylinux', 'rocky'],
  ['alma', 'almalinux'],
  ['centos stream', 'rocky'],
])

function unknown(name: string, version: string): Diagnostic {
  const names = [...new Set(distributions.map((each) => each.name))]
  if (!names.includes(name)) {
    const other = otherNames.get(name.toLowerCase())
    const hint = other === undefined ? didYouMean(name, names) : `did you mean ${other}?`
    return error('distribution/unknown', `hakube does not know the distribution ${JSON.stringify(name)}`, {
      hint: `${hint} known: ${names.join(', ')}`.replace(/^write .* known/, 'known'),
      path: ['distribution', 'name'],
    })
  }
  const versions = distributions.filter((each) => each.name === name).map((each) => each.version)
  const major = versions.find((each) => version.startsWith(`${each}.`) || each.startsWith(`${version}.`))
  const meant = major === undefined ? '' : `did you mean "${major}"? `
  return error('distribution/unknown-version', `hakube does not know ${name} ${version}`, {
    hint: `${meant}known: ${versions.map((each) => `"${each}"`).join(', ')}`,
    path: ['distribution', 'version'],
  })
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
  const newer = distributions.filter((each) => each.endOfLife === null).map((each) => each.title)
  return [
    warning('distribution/end-of-life', `${title} has had no security updates since ${endOfLife}`, {
      hint: `take ${orList(newer)}`,
      path: ['distribution', 'version'],
    }),
  ]
}

function checkArchitecture(
  { mirror, title }: Distribution,
  { hardware, machines, mirrors }: Profile,
): Diagnostic[] {
  // Ubuntu's main archive holds amd64 and i386 only (https://wiki.ubuntu.com/UbuntuDevelopment/Ports).
  if (mirrors?.distribution !== undefined || !/\/\/archive\.ubuntu\.com\//.test(mirror)) return []
  const index = machines.findIndex((machine) => (machine.architecture ?? hardware?.architecture) === 'arm64')
  const machine = machines[index]
  if (!machine) return []
  return [
    error('distribution/architecture', `the archive of ${title} has no packages for arm64`, {
      hint: 'write mirrors.distribution: http://ports.ubuntu.com/ubuntu-ports',
      path:
        machine.architecture === undefined
          ? ['hardware', 'architecture']
          : ['machines', index, 'architecture'],
      source: 'https://wiki.ubuntu.com/UbuntuDevelopment/Ports',
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
