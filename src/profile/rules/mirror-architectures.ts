import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { architectures, type Architecture } from '../../distributions/mirrors.ts'
import { defaults } from '../defaults.ts'
import { isArchitecture, mirrorPlaces, type MirrorPlace } from '../mirror-addresses.ts'
import type { Profile, ProfileMachine } from '../schema.ts'
import { knownSystems, type KnownSystem } from '../systems.ts'
import { onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'
import { readWebAddress } from '../../text/web-address.ts'

/** Mirrors of the distribution: whether they have packages for the machines, and a separate archive of security updates. */
export const mirrorArchitectureRules: Rule = ({ profile }) => {
  const systems = knownSystems(profile)
  return [
    ...checkSecurity(profile, systems),
    ...onEach(profile, systems, (system) =>
      system.distribution.portsMirror === undefined
        ? []
        : mirrorPlaces(profile)
            .filter(({ isFor }) => isFor(system))
            .flatMap((place) => checkPlace(profile, place, system)),
    ),
  ]
}

const hasSecurity = ({ archives }: Distribution): boolean =>
  archives?.some(({ isSecurity }) => isSecurity) ?? false

/** Reports a security mirror if no machine that uses it has a separate archive. */
function checkSecurity(profile: Profile, systems: readonly KnownSystem[]): Diagnostic[] {
  const found = new Map<string, Diagnostic>()
  for (const { key, path, isFor } of mirrorPlaces(profile)) {
    const meant = systems.filter(isFor).map(({ distribution }) => distribution)
    if (key !== 'security' || meant.length === 0 || meant.some(hasSecurity)) continue
    const titles = [...new Set(meant.map(({ title }) => title))]
    const diagnostic = error(
      'mirrors/security',
      `${titles.join(' and ')} ${titles.length > 1 ? 'have' : 'has'} no separate archive of security updates`,
      {
        hint: 'remove security: mirrors.distribution contains them',
        // One message for the addresses of all architectures.
        path: path.slice(0, isArchitecture(String(path[2])) ? 2 : 3),
        onKey: true,
      },
    )
    found.set(JSON.stringify(diagnostic.path), diagnostic)
  }
  return [...found.values()]
}

const machineOf = (
  { machines, hardware }: Profile,
  { indices }: KnownSystem,
  wanted: Architecture,
): ProfileMachine | undefined =>
  indices
    .flatMap((index) => machines[index] ?? [])
    .find(({ architecture }) => (architecture ?? hardware?.architecture ?? defaults.architecture) === wanted)

/** Public archives with packages for one architecture only (https://wiki.ubuntu.com/UbuntuDevelopment/Ports). */
const only: readonly { host: RegExp; has: Architecture; other: Architecture }[] = [
  { host: /^(?:(?:[a-z]+\.)?archive|security)\.ubuntu\.com$/i, has: 'amd64', other: 'arm64' },
  { host: /^ports\.ubuntu\.com$/i, has: 'arm64', other: 'amd64' },
]

function checkPlace(profile: Profile, place: MirrorPlace, system: KnownSystem): Diagnostic[] {
  const { distribution } = system
  const { address, architecture, key, path } = place
  const host = readWebAddress(address)?.hostname ?? ''
  const archive = only.find((each) => each.host.test(host))
  if (archive) {
    const machine = machineOf(profile, system, archive.other)
    if (!machine || architecture === archive.has) return []
    return [
      error(
        'distribution/architecture',
        `${host} has no ${distribution.title} packages for ${archive.other}, the architecture of ${machine.name}`,
        {
          hint: `remove it to use the right archive for each architecture, or write mirrors.${key}: and below it amd64 and arm64`,
          path,
          source: 'https://wiki.ubuntu.com/UbuntuDevelopment/Ports',
        },
      ),
    ]
  }
  if (architecture !== null || architectures.some((each) => !machineOf(profile, system, each))) return []
  return [
    warning(
      'mirrors/one-for-two',
      `${distribution.title} keeps amd64 and arm64 in two archives, but this address is used for both`,
      {
        hint: `write mirrors.${key}: and below it amd64 and arm64, unless this mirror has both`,
        path,
        source: 'https://wiki.ubuntu.com/UbuntuDevelopment/Ports',
      },
    ),
  ]
}
