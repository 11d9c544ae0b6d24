import type { Cluster } from '../../../cluster/cluster.ts'
import { hostAndPort } from '../../../text/host-and-port.ts'
import { groupOf } from './machine-groups.ts'
import type { Edge, Node } from './picture.ts'

const to = (from: string, target: string, label: string): Edge => ({ from, to: target, line: 'arrow', label })

/** The virtual addresses of a rack, who holds them, and where their connections go. */
export function virtualAddresses({ loadBalancing, balancers, workers, kubernetes }: Cluster): {
  nodes: Node[]
  edges: Edge[]
} {
  if (!loadBalancing) return { nodes: [], edges: [] }
  const { api, ingress, placement } = loadBalancing
  const planes = groupOf('control-plane')
  const port = String(kubernetes.apiServerPort)
  const isExternal = placement === 'external'
  const hosts = isExternal && api.addresses.length === 0 ? [api.address] : api.addresses
  const apiNode: Node = {
    id: 'api',
    shape: 'address',
    lines: [
      'Kubernetes API',
      ...(api.name === null || hosts.includes(api.name) ? [] : [api.name]),
      ...hosts.map((host) => hostAndPort(host, api.port)),
      ...(isExternal ? ['external load balancer'] : []),
    ],
  }
  if (isExternal) return { nodes: [apiNode], edges: [to('api', planes, port)] }
  const [first] = balancers
  const holders = groupOf(first?.role ?? 'control-plane')
  const held = balancers.length > 1 ? 'held by one of' : 'held by'
  const nodes = [apiNode]
  const edges = [to('api', holders, held)]
  if (holders !== planes) edges.push(to(holders, planes, port))
  if (ingress) {
    const { addresses, httpPort, httpsPort, workerHttpPort, workerHttpsPort } = ingress
    const lines = ['ingress', ...addresses, `ports ${httpPort} and ${httpsPort}`]
    nodes.push({ id: 'ingress', shape: 'address', lines })
    edges.push(to('ingress', holders, held))
    if (workers.length > 0)
      edges.push(to(holders, groupOf('worker'), `${workerHttpPort} and ${workerHttpsPort}`))
  }
  return { nodes, edges }
}
