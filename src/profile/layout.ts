import type { Path } from '../diagnostics/diagnostic.ts'
import { contains, parseAddress, parseNetwork, type Address, type Network } from '../network/addresses.ts'
import { defaults } from './defaults.ts'
import type { Profile, Role } from './schema.ts'
import type { ProfileLayout, ProfileNetwork } from './schema-layout.ts'

/*
 * The network interfaces of a machine according to the profile: the settings for all machines, for its role and for itself, merged by
 * name. Both the rules and the cluster need this.
 */

/** A value with the narrowest position that sets it. */
type Placed<Value> = { value: Value; path: Path }
type Named<Key extends 'ethernets' | 'bonds' | 'vlans' | 'bridges'> = ReadonlyMap<
  string,
  Placed<NonNullable<ProfileLayout[Key]>[string]>
>

export type MergedLayout = {
  /** The interface with the machines' addresses. */
  interface: Placed<string> | null
  mtu: Placed<number> | null
  ethernets: Named<'ethernets'>
  bonds: Named<'bonds'>
  vlans: Named<'vlans'>
  bridges: Named<'bridges'>
  additional: ReadonlyMap<string, Placed<ProfileNetwork>>
  routes: Placed<NonNullable<ProfileLayout['routes']>> | null
  routingPolicy: Placed<NonNullable<ProfileLayout['routingPolicy']>> | null
}

export const firstCard = defaults.interface
export const cardName = (index: number): string => `card${index}`
export const cardIndex = (name: string): number | null => {
  const [, digits] = /^card(0|[1-9]\d{0,2})$/.exec(name) ?? []
  return digits === undefined ? null : Number(digits)
}

type Layer = { layout: ProfileLayout; path: Path }

function mergeNamed<Item extends object>(
  layers: readonly Layer[],
  key: 'ethernets' | 'bonds' | 'vlans' | 'bridges' | 'additional',
  of: (layout: ProfileLayout) => Readonly<Record<string, Item>> | undefined,
): Map<string, Placed<Item>> {
  const merged = new Map<string, Placed<Item>>()
  for (const { layout, path } of layers)
    for (const [name, item] of Object.entries(of(layout) ?? {}))
      merged.set(name, { value: { ...merged.get(name)?.value, ...item }, path: [...path, key, name] })
  return merged
}

function last<Key extends 'interface' | 'mtu' | 'routes' | 'routingPolicy'>(
  layers: readonly Layer[],
  key: Key,
): Placed<NonNullable<ProfileLayout[Key]>> | null {
  const found = layers.findLast(({ layout }) => layout[key] !== undefined)
  const value = found?.layout[key]
  return found && value !== undefined ? { value, path: [...found.path, key] } : null
}

const mergeLayers = (layers: readonly Layer[]): MergedLayout => ({
  interface: last(layers, 'interface'),
  mtu: last(layers, 'mtu'),
  ethernets: mergeNamed(layers, 'ethernets', ({ ethernets }) => ethernets),
  bonds: mergeNamed(layers, 'bonds', ({ bonds }) => bonds),
  vlans: mergeNamed(layers, 'vlans', ({ vlans }) => vlans),
  bridges: mergeNamed(layers, 'bridges', ({ bridges }) => bridges),
  additional: mergeNamed(layers, 'additional', ({ additional }) => additional),
  routes: last(layers, 'routes'),
  routingPolicy: last(layers, 'routingPolicy'),
})

/** The layouts of all machines of a profile; machines of a role without own settings share one object. */
export function layouts(profile: Profile): (index: number) => MergedLayout {
  const ofRoles = new Map<Role, MergedLayout>()
  return (index) => {
    const machine = profile.machines[index]
    if (!machine) throw new Error(`no machine ${index}`)
    const { role } = machine
    const ofRole = profile.roles?.[role]?.network
    const wide: Layer[] = [{ layout: profile.network, path: ['network'] }]
    if (ofRole) wide.push({ layout: ofRole, path: ['roles', role, 'network'] })
    if (machine.network)
      return mergeLayers([...wide, { layout: machine.network, path: ['machines', index, 'network'] }])
    const merged = ofRoles.get(role) ?? mergeLayers(wide)
    ofRoles.set(role, merged)
    return merged
  }
}

export type Subnet = {
  subnet: Network
  gateway: string
  subnet6: Network | null
  gateway6: string | null
  path: Path
}

/** The subnets of machines; invalid ones are omitted. */
export const subnetsOf = ({ network }: Profile): Subnet[] =>
  [
    { ...network, path: ['network'] as Path },
    ...(network.subnets ?? []).map((each, index) => ({ ...each, path: ['network', 'subnets', index] })),
  ].flatMap(({ subnet, gateway, subnet6, gateway6, path }) => {
    const network4 = parseNetwork(subnet)
    if (network4?.family !== 4) return []
    const network6 = parseNetwork(subnet6 ?? '')
    return [
      {
        subnet: network4,
        gateway,
        subnet6: network6?.family === 6 ? network6 : null,
        gateway6: gateway6 ?? null,
        path,
      },
    ]
  })

/** An additional address of a machine. `prefixLength` is null if the profile contains none. */
export type FurtherAddress = { address: Address; prefixLength: number | null }

/** @returns null for an invalid address */
export function readFurtherAddress(text: string): FurtherAddress | null {
  const [, written = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = parseAddress(written)
  return address && { address, prefixLength: length === undefined ? null : Number(length) }
}

/** The network of a machine that contains an address: that of the nodes (name null), or an additional one. */
export function networkOfAddress(
  address: Address,
  subnet: Subnet | null,
  additional: MergedLayout['additional'],
): { name: string | null; network: Network } | null {
  for (const network of [subnet?.subnet, subnet?.subnet6])
    if (network && contains(network, address)) return { name: null, network }
  for (const [name, { value }] of additional)
    for (const text of [value.subnet, value.subnet6]) {
      const network = parseNetwork(text ?? '')
      if (network && contains(network, address)) return { name, network }
    }
  return null
}

/** All valid additional networks of a profile, for all machines, roles and single machines. */
export function additionalNetworks(profile: Profile): Network[] {
  const layoutOf = layouts(profile)
  const texts = new Set<string>()
  const seen = new Set<MergedLayout>()
  for (const index of profile.machines.keys()) {
    const layout = layoutOf(index)
    if (seen.has(layout)) continue
    seen.add(layout)
    for (const { value } of layout.additional.values())
      for (const text of [value.subnet, value.subnet6]) if (text !== undefined) texts.add(text)
  }
  return [...texts].flatMap((text) => parseNetwork(text) ?? [])
}
