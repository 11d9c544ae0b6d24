import type { Cluster, Machine } from '../../../cluster/cluster.ts'
import { count } from '../../../text/count.ts'
import { interfaceInWords, networksOf, type Membership } from './networks.ts'
import type { Edge, Group, Node } from './picture.ts'

/* The machines of a rack, by role. */

/** More machines of one role in the same networks are one box. */
const mostAlike = 6
/** With more boxes in a role, all machines in the same networks are one box: GitHub draws at most 500 lines. */
const mostBoxes = 24

const titles: Readonly<Record<Machine['role'], string>> = {
  'load-balancer': 'load balancers',
  'control-plane': 'control planes',
  etcd: 'etcd members',
  worker: 'workers',
}
const singular: Readonly<Record<Machine['role'], string>> = {
  'load-balancer': 'load balancer',
  'control-plane': 'control plane',
  etcd: 'etcd member',
  worker: 'worker',
}

/** The identifier of the group of a role. */
export const groupOf = (role: Machine['role']): string => role.replaceAll('-', '_')

type Box = { node: Node; memberships: readonly Membership[]; sample: Machine }

const signature = (machine: Machine, memberships: readonly Membership[]): string =>
  memberships.map(({ key, link }) => `${key} ${interfaceInWords(machine, link)}`).join('\n')

/** The system and architecture of a machine, where those of the rack differ. */
type SystemInWords = (machine: Machine) => string[]

function systemWords({ machines }: Cluster): SystemInWords {
  const severalSystems = new Set(machines.map(({ system }) => system.distribution.title)).size > 1
  const severalArchitectures = new Set(machines.map(({ architecture }) => architecture)).size > 1
  return ({ system, architecture }) => [
    ...(severalSystems ? [system.distribution.title] : []),
    ...(severalArchitectures ? [architecture] : []),
  ]
}

const furtherAddresses = ({ network: { further } }: Machine): string[] =>
  further.map(({ name, address }) => (name === null ? address : `${name} ${address}`))

const box = ({ index }: Machine, lines: readonly string[]): Node => ({ id: `m${index}`, shape: 'box', lines })

/** Boxes of machines, which must have the same role: one for each, or one for many that have the same networks and system. */
function boxes(cluster: Cluster, machines: readonly Machine[], systemInWords: SystemInWords): Box[] {
  const alike = new Map<
    string,
    { machines: Machine[]; memberships: readonly Membership[]; system: string[] }
  >()
  for (const machine of machines) {
    const memberships = networksOf(cluster, machine)
    const system = systemInWords(machine)
    const key = [...system, signature(machine, memberships)].join('\n')
    const known = alike.get(key)
    if (known) known.machines.push(machine)
    else alike.set(key, { machines: [machine], memberships, system })
  }
  const kinds = [...alike.values()]
  const drawn = kinds.map(({ machines: { length } }) => (length <= mostAlike ? length : 1))
  const limit = drawn.reduce((sum, each) => sum + each, 0) <= mostBoxes ? mostAlike : 1
  return kinds.flatMap(({ machines: each, memberships, system }) => {
    const [first] = each
    const last = each.at(-1)
    if (!first || !last) return []
    if (each.length <= limit)
      return each.map((machine) => ({
        node: box(machine, [machine.name, machine.address, ...furtherAddresses(machine), ...system]),
        memberships,
        sample: machine,
      }))
    const lines = [
      count(each.length, singular[first.role]),
      `${first.name} … ${last.name}`,
      `${first.address} … ${last.address}`,
      ...system,
    ]
    return [{ node: box(first, lines), memberships, sample: first }]
  })
}

type Network = { id: string; membership: Membership }

/** The machines of a rack with their networks, and the lines between them. */
export function machinesAndNetworks(cluster: Cluster): {
  groups: Group[]
  networks: Network[]
  edges: Edge[]
} {
  const networks = new Map<string, Network>()
  const named = (membership: Membership): Network => {
    const known = networks.get(membership.key) ?? { id: `n${networks.size}`, membership }
    networks.set(membership.key, known)
    return known
  }
  const simple = cluster.machines.every(({ network: { links } }) => links.length === 1)
  const systemInWords = systemWords(cluster)
  const groups: Group[] = []
  const edges: Edge[] = []
  // The network of the nodes is the first, whichever machine comes first.
  const [first] = cluster.machines
  if (first) for (const membership of networksOf(cluster, first)) named(membership)
  for (const role of ['load-balancer', 'control-plane', 'etcd', 'worker'] as const) {
    const machines = cluster.machines.filter((machine) => machine.role === role)
    if (machines.length === 0) continue
    const all = boxes(cluster, machines, systemInWords)
    const id = groupOf(role)
    const also = role !== 'load-balancer' && machines.every(({ balancesLoad }) => balancesLoad)
    const title = also ? `${titles[role]}, also load balancers` : titles[role]
    groups.push({ id, lines: [title], nodes: all.map(({ node }) => node) })
    const same = new Set(all.map(({ sample, memberships }) => signature(sample, memberships))).size === 1
    for (const { node, memberships, sample } of same ? all.slice(0, 1) : all)
      for (const membership of memberships)
        edges.push({
          from: same ? id : node.id,
          to: named(membership).id,
          line: 'line',
          label: simple ? null : interfaceInWords(sample, membership.link),
        })
  }
  return { groups, networks: [...networks.values()], edges }
}
