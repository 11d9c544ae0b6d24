import type { Cluster, Machine } from '../cluster/cluster.ts'
import { coveringNetworks } from '../network/cover.ts'
import { isNode } from './container-runtime.ts'

/** So many addresses are written one by one, for people to read; more as the networks that hold just them. */
const oneByOne = 100

/** Machines as firewalls list them. */
export function sourcesOf(machines: readonly Machine[]): string[] {
  const addresses = [...new Set(machines.map(({ address }) => address))]
  return addresses.length > oneByOne ? coveringNetworks(addresses) : addresses
}

const ofNodes = new WeakMap<Cluster, readonly string[]>()

/** All nodes of Kubernetes. */
export function nodeSources(cluster: Cluster): readonly string[] {
  const known = ofNodes.get(cluster)
  if (known) return known
  const sources = sourcesOf(cluster.machines.filter(isNode))
  ofNodes.set(cluster, sources)
  return sources
}
