import { type Diagnostic, warning } from '../../diagnostics/diagnostic.ts'
import { contains, parseAddress } from '../../network/addresses.ts'
import { subnetsOf } from '../layout.ts'
import { givenAddress6, withNodeAddresses6 } from '../node-addresses6.ts'
import { usualBalancing } from '../placements.ts'
import type { Profile } from '../schema.ts'
import type { Rule } from './rule.ts'

/** Holders of a virtual IPv6 address that have none of their own: their links get no default route (cluster/links.ts). */
export const balancerRoute6Rules: Rule = ({ profile: given }) => {
  const address = virtualAddress6(given)
  if (address === null) return []
  const profile = withNodeAddresses6(given)
  const role = holders(profile)
  const subnets = subnetsOf(profile)
  return profile.machines.flatMap((machine, index): Diagnostic[] => {
    const first = parseAddress(machine.address)
    const own = first && subnets.find(({ subnet }) => contains(subnet, first))
    if (machine.role !== role || !own?.subnet6 || own.gateway6 === null) return []
    if (givenAddress6(machine, own.subnet6) !== null) return []
    return [
      warning(
        'load-balancing/no-route6',
        `${machine.name} holds the virtual address ${address}, but has no IPv6 address of its own, and so no default route via ${own.gateway6}: it can answer only clients in ${own.subnet6.text}`,
        {
          hint: `write addresses: [an address of ${own.subnet6.text}] for the machine`,
          path: ['machines', index, 'address'],
          related: [{ path: [...own.path, 'gateway6'], message: 'the IPv6 router' }],
        },
      ),
    ]
  })
}

function virtualAddress6({ loadBalancing }: Profile): string | null {
  if (!loadBalancing || loadBalancing.placement === 'external') return null
  const all = [loadBalancing.api.address, loadBalancing.ingress?.address ?? []].flat()
  return all.find((text) => parseAddress(text)?.family === 6) ?? null
}

const holders = ({ loadBalancing, machines }: Profile) =>
  (loadBalancing?.placement ?? usualBalancing(machines)) === 'dedicated' ? 'load-balancer' : 'control-plane'
