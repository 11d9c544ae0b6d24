import { cardName, type MergedLayout } from '../profile/layout.ts'
import { defaults } from '../profile/defaults.ts'
import type { Link } from './link-types.ts'

type Given = Pick<Link, 'addresses' | 'routes' | 'routingPolicy'> &
  Partial<Pick<Link, 'dhcp' | 'nameServers' | 'searchDomains'>>

/** Collects the links of a machine: those that something needs, with the links that they consist of. */
export function linkBuilder(layout: MergedLayout, macs: readonly string[]) {
  const found = new Map<string, Link>()
  const nothing = {
    addresses: [],
    dhcp: false,
    routes: [],
    routingPolicy: [],
    nameServers: [],
    searchDomains: [],
  }

  function make(name: string): Link {
    const bond = layout.bonds.get(name)?.value
    if (bond) {
      const { interfaces, mode } = bond
      if (interfaces === undefined || mode === undefined) throw new Error(`the bond ${name} is incomplete`)
      return {
        ...nothing,
        kind: 'bond',
        name,
        interfaces,
        bond: {
          mode,
          lacpRate: bond.lacpRate ?? defaults.lacpRate,
          transmitHashPolicy: bond.transmitHashPolicy ?? defaults.transmitHashPolicy,
          miiMonitorInterval: bond.miiMonitorInterval ?? defaults.miiMonitorInterval,
          primary: bond.primary ?? null,
          minLinks: bond.minLinks ?? defaults.minLinks,
        },
        mtu: bond.mtu ?? null,
      }
    }
    const vlan = layout.vlans.get(name)?.value
    if (vlan) {
      const { id, link, mtu } = vlan
      if (id === undefined || link === undefined) throw new Error(`the VLAN ${name} is incomplete`)
      return { ...nothing, kind: 'vlan', name, id, link, mtu: mtu ?? null }
    }
    const bridge = layout.bridges.get(name)?.value
    if (bridge) {
      const { interfaces, stp = defaults.spanningTree, mtu } = bridge
      if (interfaces === undefined) throw new Error(`the bridge ${name} is incomplete`)
      return { ...nothing, kind: 'bridge', name, interfaces, stp, mtu: mtu ?? null }
    }
    const position = macs.findIndex((_, index) => cardName(index) === name)
    if (position === -1) throw new Error(`no interface ${name}`)
    return {
      ...nothing,
      kind: 'ethernet',
      name,
      card: position,
      mtu: layout.ethernets.get(name)?.value.mtu ?? null,
    }
  }

  /** Adds a link and everything below it, with at least this MTU unless the profile sets one. */
  function need(name: string, mtu: number | null): void {
    const known = found.get(name)
    const own = known ?? make(name)
    const larger = known === undefined || (mtu !== null && (own.mtu === null || mtu > own.mtu))
    const link = { ...own, mtu: isGiven(name) ? own.mtu : largest(own.mtu, mtu) }
    if (!larger) return
    for (const lower of below(link)) need(lower, link.mtu)
    found.delete(name)
    found.set(name, link)
  }

  const isGiven = (name: string): boolean =>
    [layout.ethernets, layout.bonds, layout.vlans, layout.bridges].some(
      (kind) => kind.get(name)?.value.mtu !== undefined,
    )

  return {
    need,
    give(name: string, given: Given): void {
      const link = found.get(name)
      if (!link) throw new Error(`no interface ${name}`)
      found.set(name, {
        ...link,
        addresses: [...link.addresses, ...given.addresses],
        dhcp: link.dhcp || (given.dhcp ?? false),
        routes: [...link.routes, ...given.routes],
        routingPolicy: [...link.routingPolicy, ...given.routingPolicy],
        nameServers: [...link.nameServers, ...(given.nameServers ?? [])],
        searchDomains: [...link.searchDomains, ...(given.searchDomains ?? [])],
      })
    },
    /** Lower links first; cards in their order. */
    links(): Link[] {
      const all = [...found.values()]
      const rank = { ethernet: 0, bond: 1, vlan: 2, bridge: 3 }
      return all.toSorted((one, other) => rank[one.kind] - rank[other.kind] || byName(one.name, other.name))
    },
  }
}

const byName = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true })

const largest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other)

/** Names of the links that a link consists of. */
export const below = (link: Link): readonly string[] => {
  if (link.kind === 'vlan') return [link.link]
  return link.kind === 'ethernet' ? [] : link.interfaces
}
