import type { Cluster } from '../../../cluster/cluster.ts'
import { proxyFor } from '../../../cluster/proxy.ts'
import { kubernetesMirror } from '../../../distributions/kubernetes.ts'
import { ownMirror, ownSecurityMirror } from '../../../distributions/mirrors.ts'
import { contains, parseAddress, parseNetwork } from '../../../network/addresses.ts'
import { hostOfAddress } from '../../../text/web-address.ts'
import type { Membership } from './networks.ts'
import type { Edge, Node } from './picture.ts'

/* What a rack uses and does not contain: hakube serve, the proxy, mirrors. */

/** An address without what could be a password. */
const shown = (address: string): string => {
  const { protocol, host } = new URL(address)
  return `${protocol}//${host}`
}

const withScheme = (address: string): string => (address.includes('://') ? address : `https://${address}`)

/** The mirrors of the profile, by scheme, host and port, with what each contains. */
function mirrorsOf({ machines, mirrors, kubernetes }: Cluster): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const add = (address: string, what: string): void => {
    const place = shown(withScheme(address))
    found.set(place, (found.get(place) ?? new Set()).add(what))
  }
  for (const { architecture, system } of machines) {
    const { distribution, mirrors: own } = system
    const packages = own.distribution[architecture]
    if (packages !== ownMirror(distribution, architecture)) add(packages, distribution.name)
    const security = own.security?.[architecture]
    if (security !== undefined && security !== ownSecurityMirror(distribution, architecture))
      add(security, distribution.name)
  }
  if (mirrors.kubernetes !== kubernetesMirror) add(mirrors.kubernetes, 'packages of Kubernetes')
  for (const [name, address] of Object.entries(mirrors.repositories)) add(address, `packages: ${name}`)
  for (const [registry, address] of Object.entries(mirrors.images))
    add(address, registry === '_default' ? 'images of all registries' : `images of ${registry}`)
  if (kubernetes.imageRepository !== null) add(kubernetes.imageRepository, 'images of Kubernetes')
  return found
}

const box = (id: string, lines: readonly string[]): Node => ({ id, shape: 'outside', lines })

type Network = { id: string; membership: Membership }

/**
 * What is outside of a rack, with lines to the network that it is in or behind whose router it is.
 *
 * @param networks that of the nodes first
 */
export function outside(cluster: Cluster, networks: readonly Network[]): { nodes: Node[]; edges: Edge[] } {
  const [ofNodes] = networks
  const edgeTo = (id: string, host: string): Edge[] => {
    const address = parseAddress(host)
    const inside = networks.find(({ membership }) =>
      membership.subnets.some((text) => {
        const network = parseNetwork(text)
        return network && address && contains(network, address)
      }),
    )
    const to = inside ?? ofNodes
    return to ? [{ from: id, to: to.id, line: 'dotted', label: inside ? null : 'router' }] : []
  }
  const nodes = [box('serve', ['hakube serve', shown(cluster.server)])]
  const edges = edgeTo('serve', hostOfAddress(new URL(cluster.server)))
  const { proxy } = cluster
  const proxies = [...new Set([proxy?.http, proxy?.https].flatMap((url) => (url ? [shown(url)] : [])))]
  for (const [index, url] of proxies.entries()) {
    nodes.push(box(`proxy${index}`, ['proxy', url]))
    edges.push(...edgeTo(`proxy${index}`, hostOfAddress(new URL(url))))
  }
  for (const [index, [place, contents]] of [...mirrorsOf(cluster)].entries()) {
    const id = `mirror${index}`
    nodes.push(box(id, ['mirror', place, ...contents]))
    const through = proxyFor(cluster, place)
    const position = through === null ? -1 : proxies.indexOf(shown(through))
    if (position === -1) edges.push(...edgeTo(id, hostOfAddress(new URL(place))))
    else edges.push({ from: id, to: `proxy${position}`, line: 'dotted', label: null })
  }
  return { nodes, edges }
}
