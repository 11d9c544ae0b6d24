import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import type { Locatable } from '../../diagnostics/locate.ts'
import { overlaps, parseAddress, parseNetwork } from '../../network/addresses.ts'
import { canonicalMac } from '../../network/mac.ts'
import { deriveVirtualRouterId } from '../../network/virtual-router-id.ts'
import type { Profile } from '../schema.ts'
import { macsOf } from './rule.ts'

type Loaded = Locatable & { profile: Profile | null }
type Placed = { loaded: Loaded; path: Path }

/**
 * Mistakes that only show when several profiles are compared: racks that share a network.
 *
 * @returns diagnostics by profile, in the order given; profiles that could not be read are omitted
 */
export function crossProfileRules(
  loaded: readonly Loaded[],
): { loaded: Loaded; diagnostics: Diagnostic[] }[] {
  const seen = new Map<string, Placed>()
  const names = new Map<string, Placed>()
  return loaded.flatMap((each, position) => {
    const { profile } = each
    if (!profile) return []
    const earlier = loaded.slice(0, position)
    const shared = checkShared(each, profile, seen)
    const copy = summarizeCopy(each, profile, earlier, shared)
    if (copy.length > 0) return [{ loaded: each, diagnostics: copy }]
    const diagnostics = [...shared, ...checkRouterIds(each, profile, earlier)]
    const sameName = names.get(profile.name)
    if (sameName) {
      const hint = 'clusters with the same name derive the same values and are hard to tell apart'
      const message = `another profile also has the name ${profile.name}`
      diagnostics.push(
        locate(
          warning('profiles/same-name', message, { hint, path: ['name'], related: [related(sameName)] }),
          each,
        ),
      )
    } else {
      names.set(profile.name, { loaded: each, path: ['name'] })
    }
    return [{ loaded: each, diagnostics: diagnostics.toSorted(byPosition) }]
  })
}

/** Fewer common values are reported individually. */
const fewest = 4

/** For a profile that was copied for another rack: reports the common values once, and not for each interface and address. */
function summarizeCopy(
  loaded: Loaded,
  profile: Profile,
  earlier: readonly Loaded[],
  shared: readonly Diagnostic[],
): Diagnostic[] {
  const kinds = [
    {
      code: 'profiles/same-mac',
      what: 'MAC addresses',
      all: profile.machines.flatMap((machine, index) => macsOf(machine, index)).length,
    },
    { code: 'profiles/same-address', what: 'addresses', all: addressesOf(profile).length },
  ]
  for (const original of earlier) {
    const copied = shared.filter((each) => each.related?.[0]?.position?.file === original.file)
    const counts = kinds.map((kind) => ({
      ...kind,
      count: copied.filter(({ code }) => code === kind.code).length,
    }))
    if (copied.length < fewest || !counts.some(({ count, all }) => count * 2 >= all)) continue
    const parts = counts
      .filter(({ count }) => count > 0)
      .map(({ count, all, what }) => `${count} of ${all} ${what}`)
    const name = original.profile?.name === profile.name ? [`the name ${profile.name}`] : []
    const message = `this profile shares much with ${original.file}: ${[...name, ...parts].join(', ')}`
    const hint =
      'if it is a copy for other machines, give it its own name, MAC addresses, addresses and virtual addresses'
    const copy = error('profiles/copy', message, {
      hint,
      path: ['machines'],
      onKey: true,
      related: copied.slice(0, 1).flatMap((each) => each.related ?? []),
    })
    return [locate(copy, loaded), ...shared.filter((each) => !copied.includes(each))]
  }
  return []
}

const byPosition = ({ position: one }: Diagnostic, { position: other }: Diagnostic): number =>
  (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0)

const related = ({ loaded, path }: Placed) => ({
  path,
  message: 'first used here',
  position: loaded.locate(path),
})

const locate = (diagnostic: Diagnostic, loaded: Loaded): Diagnostic => ({
  ...diagnostic,
  position: loaded.locate(diagnostic.path ?? [], diagnostic.onKey),
})

type Report = (diagnostic: Diagnostic, earlier: Placed) => void

function checkShared(loaded: Loaded, profile: Profile, seen: Map<string, Placed>): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const report: Report = (diagnostic, earlier) => {
    diagnostics.push(locate({ ...diagnostic, related: [related(earlier)] }, loaded))
  }
  /** @returns where another profile has the same value, or null */
  const elsewhere = (key: string, path: Path): Placed | null => {
    const earlier = seen.get(key)
    if (!earlier) seen.set(key, { loaded, path })
    return earlier && earlier.loaded !== loaded ? earlier : null
  }
  for (const [index, machine] of profile.machines.entries()) {
    for (const { path, mac } of macsOf(machine, index)) {
      const earlier = elsewhere(canonicalMac(mac) ?? mac, path)
      if (earlier) {
        const hint = 'a machine can belong to only one cluster'
        report(
          error('profiles/same-mac', `another profile also uses the MAC address ${mac}`, { hint, path }),
          earlier,
        )
      }
    }
  }
  for (const { path, text } of addressesOf(profile)) {
    const earlier = elsewhere(parseAddress(text)?.text ?? text, path)
    if (earlier) {
      const hint = 'an address can belong to only one machine'
      report(
        error('profiles/same-address', `another profile also uses the address ${text}`, { hint, path }),
        earlier,
      )
    }
  }
  return diagnostics
}

function addressesOf({ machines, loadBalancing: balancing }: Profile): { path: Path; text: string }[] {
  const own = machines.map(({ address }, index) => ({ path: ['machines', index, 'address'], text: address }))
  // Several clusters may share an external load balancer, on different ports.
  if (!balancing || balancing.placement === 'external') return own
  const { api, ingress, sourceAddress } = balancing
  return [
    ...own,
    ...listed(['loadBalancing', 'api', 'address'], api.address),
    ...(ingress ? listed(['loadBalancing', 'ingress', 'address'], ingress.address) : []),
    ...(sourceAddress === undefined
      ? []
      : [{ path: ['loadBalancing', 'sourceAddress'], text: sourceAddress }]),
  ]
}

/** One address, or a list of them. */
const listed = (path: Path, texts: string | readonly string[]): { path: Path; text: string }[] =>
  typeof texts === 'string'
    ? [{ path, text: texts }]
    : texts.map((text, index) => ({ path: [...path, index], text }))

/** Two pairs of keepalived with one ID on one network take over each other's addresses. */
function checkRouterIds(loaded: Loaded, profile: Profile, earlier: readonly Loaded[]): Diagnostic[] {
  const own = routerId(profile)
  const subnet = parseNetwork(profile.network.subnet)
  if (own === null || !subnet) return []
  for (const other of earlier) {
    const theirs = other.profile && routerId(other.profile)
    const otherSubnet = other.profile && parseNetwork(other.profile.network.subnet)
    if (!theirs || !otherSubnet || theirs.id !== own.id || !overlaps(subnet, otherSubnet)) continue
    const how = own.derived ? ', derived from the cluster name,' : ''
    const diagnostic = error(
      'profiles/same-virtual-router-id',
      `the virtual router ID ${own.id}${how} is used twice in the subnet`,
      {
        hint: 'set loadBalancing.virtualRouterId to another number from 1 to 255',
        path: own.path,
        related: [related({ loaded: other, path: theirs.path })],
        source: 'https://www.rfc-editor.org/rfc/rfc5798#section-5.2.3',
      },
    )
    return [locate(diagnostic, loaded)]
  }
  return []
}

function routerId({ loadBalancing, name }: Profile): { id: number; path: Path; derived: boolean } | null {
  if (!loadBalancing || loadBalancing.placement === 'external') return null
  const { virtualRouterId } = loadBalancing
  if (virtualRouterId === undefined) return { id: deriveVirtualRouterId(name), path: ['name'], derived: true }
  return { id: virtualRouterId, path: ['loadBalancing', 'virtualRouterId'], derived: false }
}
