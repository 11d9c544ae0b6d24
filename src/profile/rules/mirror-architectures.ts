import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { findDistribution } from '../../distributions/index.ts'
import { architectures, type Architecture } from '../../distributions/mirrors.ts'
import { defaults } from '../defaults.ts'
import { mirrorPlaces, type MirrorPlace } from '../mirror-addresses.ts'
import type { Profile, ProfileMachine } from '../schema.ts'
import type { Rule } from './rule.ts'
import { readWebAddress } from '../../text/web-address.ts'

/** Mirrors of the distribution: whether they have packages for the machines, and security updates apart. */
export const mirrorArchitectureRules: Rule = ({ profile }) => {
  const { name, version } = profile.distribution
  const distribution = findDistribution(name, version)
  if (!distribution) return []
  return [
    ...checkSecurity(profile, distribution),
    ...(distribution.portsMirror === undefined
      ? []
      : mirrorPlaces(profile).flatMap((place) => checkPlace(profile, place, distribution))),
  ]
}

function checkSecurity({ mirrors }: Profile, { archives, title }: Distribution): Diagnostic[] {
  if (mirrors?.security === undefined || archives?.some(({ isSecurity }) => isSecurity)) return []
  return [
    error(
      'mirrors/security',
      `${title} has its security updates among the others, at no address of their own`,
      {
        hint: 'remove security: mirrors.distribution has them',
        path: ['mirrors', 'security'],
        onKey: true,
      },
    ),
  ]
}

const machineOf = ({ machines, hardware }: Profile, wanted: Architecture): ProfileMachine | undefined =>
  machines.find(
    ({ architecture }) => (architecture ?? hardware?.architecture ?? defaults.architecture) === wanted,
  )

/** Public archives that have packages for one architecture (https://wiki.ubuntu.com/UbuntuDevelopment/Ports). */
const only: readonly { host: RegExp; has: Architecture; other: Architecture }[] = [
  { host: /^(?:(?:[a-z]+\.)?archive|security)\.ubuntu\.com$/i, has: 'amd64', other: 'arm64' },
  { host: /^ports\.ubuntu\.com$/i, has: 'arm64', other: 'amd64' },
]

function checkPlace(profile: Profile, place: MirrorPlace, distribution: Distribution): Diagnostic[] {
  const { address, architecture, key, path } = place
  const host = readWebAddress(address)?.hostname ?? ''
  const archive = only.find((each) => each.host.test(host))
  if (archive) {
    const machine = machineOf(profile, archive.other)
    if (!machine || architecture === archive.has) return []
    return [
      error(
        'distribution/architecture',
        `${host} has no packages of ${distribution.title} for ${archive.other}, which ${machine.name} has`,
        {
          hint: `remove it: without it each architecture has its own archive; or write mirrors.${key}: and below it amd64 and arm64`,
          path,
          source: 'https://wiki.ubuntu.com/UbuntuDevelopment/Ports',
        },
      ),
    ]
  }
  if (architecture !== null || architectures.some((each) => !machineOf(profile, each))) return []
  return [
    warning(
      'mirrors/one-for-two',
      `${distribution.title} has amd64 and arm64 in two archives, and this one address is for machines of both`,
      {
        hint: `write mirrors.${key}: and below it amd64 and arm64, unless the mirror has both there`,
        path,
        source: 'https://wiki.ubuntu.com/UbuntuDevelopment/Ports',
      },
    ),
  ]
}
