import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { contains, overlaps, parseAddress, type Network } from '../../network/addresses.ts'
import { layouts, subnetsOf, type MergedLayout, type Subnet } from '../layout.ts'
import type { Profile } from '../schema.ts'
import { checkMachine } from './link-addresses.ts'
import { checkGateway, checkNetwork, checkSubnets, insideOf, overlap } from './link-subnets.ts'
import { checkRoutes, checkRoutesOf } from './link-routes.ts'
import { checkResolvers } from './link-resolvers.ts'
import type { Rule } from './rule.ts'

/* Additional networks, and the additional addresses of machines. */

type Additional = MergedLayout['additional']

/** Checks the networks of every machine; mistakes that several machines share count once. */
export const linkNetworkRules: Rule = ({ profile }) => {
  const layoutOf = layouts(profile)
  const subnets = subnetsOf(profile)
  const diagnostics = [...checkSubnets(profile, subnets)]
  const found = new Map<string, Diagnostic>()
  const seen = new Map<MergedLayout, Set<Subnet>>()
  const add = (list: readonly Diagnostic[]) => {
    for (const each of list) {
      const key = JSON.stringify([each.code, each.path, each.message])
      if (!found.has(key)) found.set(key, each)
    }
  }
  for (const [index, machine] of profile.machines.entries()) {
    const layout = layoutOf(index)
    const known = seen.get(layout)
    if (!known) {
      add(checkAdditional(profile, layout.additional, subnets))
      add(checkRoutes(layout, subnets))
    }
    const { name, address } = machine
    const first = parseAddress(address)
    const own = first && subnets.find(({ subnet }) => contains(subnet, first))
    if (own && !known?.has(own)) add(checkRoutesOf(name, layout, own, subnets))
    seen.set(layout, new Set([...(known ?? []), ...(own ? [own] : [])]))
    add(checkMachine(profile, index, layout, subnets))
  }
  return [...diagnostics, ...found.values()]
}

/** Checks each additional network by itself, and against the others. */
function checkAdditional(profile: Profile, additional: Additional, subnets: readonly Subnet[]): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const known: { what: string; network: Network; path: Path }[] = [
    ...subnets.flatMap(({ subnet, subnet6, path }) => [
      { what: 'subnet', network: subnet, path: [...path, 'subnet'] },
      ...(subnet6 ? [{ what: 'subnet', network: subnet6, path: [...path, 'subnet6'] }] : []),
    ]),
    ...insideOf(profile),
  ]
  for (const [name, { value, path }] of additional) {
    const { subnet, subnet6, dhcp = false, gateway, metric, table } = value
    if (value.interface === undefined)
      diagnostics.push(
        error('link/incomplete', `the network ${name} has no interface`, {
          hint: 'write interface: card1, or a bond, VLAN or bridge',
          path,
          onKey: true,
        }),
      )
    if (subnet === undefined && subnet6 === undefined && !dhcp)
      diagnostics.push(
        error('link/incomplete', `the network ${name} has neither subnet nor dhcp`, {
          hint: 'write subnet: 10.2.0.0/24, or dhcp: true',
          path,
          onKey: true,
        }),
      )
    const networks = (
      [
        ['subnet', subnet, 4],
        ['subnet6', subnet6, 6],
      ] as const
    ).map(([key, text, family]) => {
      if (text === undefined) return null
      const at = [...path, key]
      const read = checkNetwork(text, family, at)
      diagnostics.push(...(read.diagnostics ?? []))
      if (!read.network) return null
      for (const other of known)
        if (overlaps(other.network, read.network))
          diagnostics.push(overlap(`network ${name}`, read.network, at, other.network, other.path))
      known.push({ what: name, network: read.network, path: at })
      return read.network
    })
    if (gateway !== undefined) {
      const family = gateway.includes(':') ? 1 : 0
      const own = networks[family] ?? null
      diagnostics.push(...checkGateway(gateway, own, [...path, 'gateway']))
      // 253 to 255 are default, main and local (/etc/iproute2/rt_tables).
      if (table !== undefined && table >= 253 && table <= 255)
        diagnostics.push(
          error('link/default-routes', `${table} is one of the kernel's own routing tables`, {
            hint: 'write another number, e.g. table: 100',
            path: [...path, 'table'],
          }),
        )
      // Without a metric, that of network.gateway is 0 too.
      if ((metric ?? 0) === 0 && table === undefined)
        diagnostics.push(
          error(
            'link/default-routes',
            `machines in the network ${name} would have two default routes, and the kernel takes one of them`,
            {
              hint: 'remove gateway; or write table: 100 to use it only for packets from addresses of this network, or metric: 500 to use it when the other is gone',
              path: [...path, metric === undefined ? 'gateway' : 'metric'],
              onKey: true,
            },
          ),
        )
    }
    diagnostics.push(...checkResolvers(value, path))
    for (const key of ['metric', 'table'] as const)
      if (value[key] !== undefined && gateway === undefined)
        diagnostics.push(
          error('link/default-routes', `${key} has no effect without gateway`, {
            hint: 'write gateway, the router of this network, or remove it',
            path: [...path, key],
            onKey: true,
          }),
        )
  }
  return diagnostics
}
