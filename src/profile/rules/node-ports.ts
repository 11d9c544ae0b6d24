import { apiServerPort, sharedApiPort } from '../defaults.ts'
import { usualBalancing } from '../placements.ts'
import { parseNodePorts, usualNodePorts } from '../port-ranges.ts'
import type { Profile } from '../schema.ts'
import type { Conflict } from './conflict.ts'

/* The ports that nodes use, and the range of node ports. */

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/, and sshd */
export const portsOfNodes: readonly [port: number, of: string][] = [
  [22, 'sshd'],
  [2379, 'etcd'],
  [2380, 'etcd'],
  [apiServerPort, 'the API server'],
  [10_248, 'the kubelet'],
  [10_249, 'kube-proxy'],
  [10_250, 'the kubelet'],
  [10_256, 'kube-proxy'],
  [10_257, 'the controller manager'],
  [10_259, 'the scheduler'],
]

/** Ports of load balancers on control planes: elsewhere kube-proxy does not run on them. */
function balancerPort({ loadBalancing, machines }: Profile): [number, string][] {
  const placement = loadBalancing?.placement ?? usualBalancing(machines)
  if (!loadBalancing || placement === 'dedicated' || placement === 'external') return []
  const port = loadBalancing.api.port ?? sharedApiPort
  return port === apiServerPort ? [] : [[port, 'the load balancer']]
}

/** A service with such a port would take it away from the program that listens on it, on every node: kube-proxy's rules precede sockets. */
export function nodePorts(value: string, profile: Profile): Conflict | null {
  const range = parseNodePorts(value)
  const hint = `write e.g. ${usualNodePorts.first}-${usualNodePorts.last}`
  if (!range) return { message: `${value} is not a port range, so kube-apiserver would not start`, hint }
  const balancer = balancerPort(profile)
  const taken = [...portsOfNodes, ...balancer].filter(([port]) => port >= range.first && port <= range.last)
  const [first] = taken
  if (first === undefined) return null
  const others = taken.length === 1 ? '' : ` and ${taken.length - 1} more`
  return {
    message: `the node ports ${value} include port ${first[0]} of ${first[1]}${others}: a service that receives it takes it over on every node`,
    hint,
    source: 'https://kubernetes.io/docs/reference/networking/ports-and-protocols/',
  }
}
