import type { Cluster } from '../../../cluster/cluster.ts'
import { machinesAndNetworks } from './machine-groups.ts'
import { outside } from './outside.ts'
import type { Edge, Picture } from './picture.ts'
import { virtualAddresses } from './virtual-addresses.ts'

/** A picture of a rack: its machines by role, its networks and virtual addresses, and what it uses outside. */
export function rackPicture(cluster: Cluster): Picture {
  const { groups, networks, edges } = machinesAndNetworks(cluster)
  const addresses = virtualAddresses(cluster)
  const around = outside(cluster, networks)
  return {
    direction: 'TB',
    nodes: [
      ...addresses.nodes,
      ...networks.map(({ id, membership }) => ({ id, ...membership.node })),
      ...around.nodes,
    ],
    groups,
    edges: [...addresses.edges, ...edges, ...routed(networks), ...around.edges],
  }
}

/** Several subnets of nodes reach each other through routers. */
const routed = (networks: ReturnType<typeof machinesAndNetworks>['networks']): Edge[] => {
  const [first, ...others] = networks.filter(({ membership: { key } }) => key.startsWith('nodes '))
  return first ? others.map(({ id }) => ({ from: first.id, to: id, line: 'dotted', label: 'routers' })) : []
}
