import { type Diagnostic, error, type Path } from '../../diagnostics/diagnostic.ts'
import type { Locatable } from '../../diagnostics/locate.ts'
import { deliveryOf, deliveryPortOf } from '../secret-delivery.ts'
import type { Profile } from '../schema.ts'
import { crossProfileRules } from './cross-profile.ts'

type Loaded = Locatable & { profile: Profile | null }
type Known = Loaded & { profile: Profile }

/** The diagnostics of one profile. */
export type Across = { loaded: Loaded; diagnostics: Diagnostic[] }

/** What profiles of one server have in common, or must not have in common. */
type SharedRule = (one: Known, other: Known) => Diagnostic | null

const firstAt = ({ locate }: Locatable, path: Path) => [
  { path, message: 'the other profile', position: locate(path) },
]

const deliveryPath = ({ secrets }: Profile): Path =>
  secrets?.deliveryPort === undefined ? ['server'] : ['secrets', 'deliveryPort']

const sameName: SharedRule = (one, other) =>
  one.profile.name === other.profile.name
    ? error(
        'profiles/served-name',
        `one server cannot serve two clusters with the name ${one.profile.name}`,
        {
          hint: 'rename one of them: machines are told apart as CLUSTER/NAME',
          path: ['name'],
          related: firstAt(other, ['name']),
        },
      )
    : null

const otherServer: SharedRule = (one, other) =>
  one.profile.server === other.profile.server
    ? null
    : error(
        'profiles/other-server',
        `machines of this profile contact ${one.profile.server}, and those of ${other.file} contact ${other.profile.server}`,
        {
          hint: 'write the same server, or start a server for each profile',
          path: ['server'],
          related: firstAt(other, ['server']),
        },
      )

/** A machine trusts the CA in its seed, and a server that is named by its address cannot tell which CA is meant. */
const sameDeliveryPort: SharedRule = (one, other) => {
  if (deliveryOf(one.profile) !== 'enrolled' || deliveryOf(other.profile) !== 'enrolled') return null
  const port = deliveryPortOf(one.profile)
  if (port !== deliveryPortOf(other.profile)) return null
  return error(
    'profiles/same-delivery-port',
    `machines of this profile enrol on port ${port} of the server, as those of ${other.file}, but each cluster has its own CA`,
    {
      hint: `give one of them another port: secrets: {deliveryPort: ${port + 1}}`,
      path: deliveryPath(one.profile),
      related: firstAt(other, deliveryPath(other.profile)),
    },
  )
}

const otherSyslogPort: SharedRule = (one, other) => {
  const [own, theirs] = [one.profile.syslogPort, other.profile.syslogPort]
  if (own === undefined || theirs === undefined || own === theirs) return null
  return error(
    'profiles/other-syslog-port',
    `machines of this profile send syslog to port ${own}, and those of ${other.file} to ${theirs}`,
    {
      hint: `a server listens on one port: write syslogPort: ${theirs}`,
      path: ['syslogPort'],
      related: firstAt(other, ['syslogPort']),
    },
  )
}

/** For each profile that was read: what each rule finds first among the profiles before it. */
function compare(loaded: readonly Loaded[], rules: readonly SharedRule[]): Across[] {
  const known = loaded.filter((each): each is Known => each.profile !== null)
  return known.map((one, position) => ({
    loaded: one,
    diagnostics: rules.flatMap((rule) => {
      for (const other of known.slice(0, position)) {
        const found = rule(one, other)
        if (found) return [{ ...found, position: one.locate(found.path ?? []) }]
      }
      return []
    }),
  }))
}

function joined(lists: readonly (readonly Across[])[]): Across[] {
  const all = new Map<Loaded, Diagnostic[]>()
  for (const { loaded, diagnostics } of lists.flat())
    all.set(loaded, [...(all.get(loaded) ?? []), ...diagnostics])
  return [...all].map(([loaded, diagnostics]) => ({ loaded, diagnostics }))
}

/**
 * Mistakes that only show when several profiles are compared. Profiles with the same `server` have one server, whose ports they share.
 *
 * @returns diagnostics by profile, in the order given; profiles that could not be read are omitted
 */
export function acrossProfiles(loaded: readonly Loaded[]): Across[] {
  const sharing: SharedRule[] = [sameDeliveryPort, otherSyslogPort].map(
    (rule) => (one, other) => (one.profile.server === other.profile.server ? rule(one, other) : null),
  )
  return joined([crossProfileRules(loaded), compare(loaded, sharing)])
}

/** The same for profiles that one server is to serve. */
export function servedTogether(loaded: readonly Loaded[]): Across[] {
  const across = acrossProfiles(loaded).map((each) => ({
    ...each,
    // Here it is an error.
    diagnostics: each.diagnostics.filter(({ code }) => code !== 'profiles/same-name'),
  }))
  return joined([across, compare(loaded, [sameName, otherServer])])
}

/** A file below assets/ that machines fetch: its path, its checksum, and where the profile has it. */
type Wanted = { path: string; sha256: string | null; from?: Path }

/**
 * Files below assets/ of which profiles of one server want different contents.
 *
 * @returns diagnostics by profile, in the order given
 */
export function differentAssets(
  all: readonly { loaded: Locatable; assets: readonly Wanted[] }[],
): Diagnostic[][] {
  const first = new Map<string, { loaded: Locatable; asset: Wanted }>()
  return all.map(({ loaded, assets }) =>
    assets.flatMap((asset) => {
      if (asset.sha256 === null) return []
      const before = first.get(asset.path)
      if (!before) first.set(asset.path, { loaded, asset })
      if (!before || before.loaded === loaded || before.asset.sha256 === asset.sha256) return []
      const path = asset.from ?? []
      return [
        {
          ...error(
            'profiles/other-asset',
            `assets/${asset.path} has a different sha256 here than in ${before.loaded.file}`,
            {
              hint: 'a server has one directory of assets: give one of the files another name',
              path,
              related: firstAt(before.loaded, before.asset.from ?? []),
            },
          ),
          position: loaded.locate(path),
        },
      ]
    }),
  )
}
