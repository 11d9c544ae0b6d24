import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { contains, parseAddress, parseNetwork, type Network } from '../../network/addresses.ts'
import type { MergedLayout, Subnet } from '../layout.ts'
import type { ProfileLayout } from '../schema-layout.ts'
import { checkPolicy } from './link-policy.ts'

type Routes = NonNullable<ProfileLayout['routes']>

/** Routers of routes must be in a network of the machine: the kernel rejects others. */
export function checkRoutes(layout: MergedLayout, subnets: readonly Subnet[]): Diagnostic[] {
  const ofNodes = subnets.flatMap(networksOf)
  const { routes, routingPolicy } = layout
  return [
    ...check(routes?.value, routes?.path ?? [], ofNodes),
    ...checkDefaults(routes?.value, routes?.path ?? [], {
      has6: subnets.some(({ gateway6 }) => gateway6 !== null),
    }),
    ...checkPolicy(routingPolicy?.value, routingPolicy?.path ?? []),
    ...[...layout.additional.values()].flatMap(({ value, path }) => [
      ...check(
        value.routes,
        [...path, 'routes'],
        [value.subnet, value.subnet6].flatMap((text) => parseNetwork(text ?? '') ?? []),
      ),
      ...checkDefaults(value.routes, [...path, 'routes'], {
        has6: subnets.some(({ gateway6 }) => gateway6 !== null),
      }),
      ...checkPolicy(value.routingPolicy, [...path, 'routingPolicy']),
    ]),
  ]
}

/** Routers of another subnet can only be reached through the machine's own router. */
export function checkRoutesOf(
  machine: string,
  layout: MergedLayout,
  own: Subnet,
  subnets: readonly Subnet[],
): Diagnostic[] {
  const { routes } = layout
  return (routes?.value ?? []).flatMap(({ to, via }, index) => {
    const address = parseAddress(via)
    const isIn = (subnet: Subnet) =>
      address !== null && networksOf(subnet).some((network) => contains(network, address))
    if (address === null || isIn(own) || !subnets.some(isIn)) return []
    return [
      error(
        'link/gateway',
        `${machine} does not reach the router ${address.text} directly: it is in ${own.subnet.text}`,
        {
          hint: `move the route to ${to} to the machines in the router's subnet: network.routes of each machine, or of a role`,
          path: [...(routes?.path ?? []), index, 'via'],
        },
      ),
    ]
  })
}

const networksOf = ({ subnet, subnet6 }: Subnet): Network[] => [subnet, ...(subnet6 ? [subnet6] : [])]

/** Checks default routes in addition to the one that each machine has. */
const checkDefaults = (routes: Routes | undefined, path: Path, { has6 }: { has6: boolean }): Diagnostic[] =>
  (routes ?? []).flatMap(({ to, via, metric = 0, table }, index) => {
    const isDefault = to === 'default' || parseNetwork(to)?.prefixLength === 0
    if (!isDefault || table !== undefined || metric !== 0 || (via.includes(':') && !has6)) return []
    return [
      error(
        'link/default-routes',
        `machines would have two default routes, through network.${via.includes(':') ? 'gateway6' : 'gateway'} and through ${via}`,
        {
          hint: `remove it; or write table: 100 and a routingPolicy that uses it, or metric: 500 to use it when the other is gone`,
          path: [...path, index, 'to'],
        },
      ),
    ]
  })

const check = (routes: Routes | undefined, path: Path, networks: readonly Network[]): Diagnostic[] =>
  (routes ?? []).flatMap(({ to, via }, index) => {
    const at = [...path, index]
    const address = parseAddress(via)
    const target = to === 'default' ? null : parseNetwork(to)
    if (to !== 'default' && !target)
      return [
        error('network/malformed', `${inQuotes(to)} is not a network`, {
          hint: 'write a network, e.g. 10.9.0.0/16, or default',
          path: [...at, 'to'],
        }),
      ]
    if (target?.hostBits)
      return [
        error('network/host-bits', `${to} has bits set after the prefix: the network is ${target.text}`, {
          hint: `write ${target.text}`,
          path: [...at, 'to'],
        }),
      ]
    if (!address || (target && target.family !== address.family))
      return [
        error('link/gateway', `${inQuotes(via)} is not the address of a router for ${to}`, {
          hint: 'write the address of the router, of the same family',
          path: [...at, 'via'],
        }),
      ]
    if (networks.length === 0 || networks.some((network) => contains(network, address))) return []
    return [
      error(
        'link/gateway',
        `no machine reaches the router ${address.text}: it is not in ${networks.map(({ text }) => text).join(', ')}`,
        {
          hint: 'write the address that the router has in this network',
          path: [...at, 'via'],
        },
      ),
    ]
  })
