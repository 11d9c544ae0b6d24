import type { Cluster, Machine } from '../cluster/cluster.ts'
import { memberAddresses } from '../cluster/families.ts'
import { coveringNetworks } from '../network/cover.ts'
import { isIPv6 } from '../text/address-family.ts'
import { isNode } from './container-runtime.ts'

/** Up to this many addresses are listed individually, for readability; more are written as the networks that contain exactly them. */
const oneByOne = 100

/** The addresses of machines, as firewalls list them. */
export function sourcesOf(cluster: Cluster, machines: readonly Machine[]): string[] {
  const addresses = [...new Set(machines.flatMap((machine) => memberAddresses(cluster, machine)))]
  const families = [addresses.filter((text) => !isIPv6(text)), addresses.filter(isIPv6)]
  return families.flatMap((each) => (each.length > oneByOne ? coveringNetworks(each) : each))
}

/** Networks or addresses, spelled for a rule of nftables. */
export const nftSet = (texts: readonly string[]): string =>
  texts.length === 1 ? texts.join('') : `{ ${texts.join(', ')} }`

const ofNodes = new WeakMap<Cluster, readonly string[]>()

/** All nodes of Kubernetes. */
export function nodeSources(cluster: Cluster): readonly string[] {
  const known = ofNodes.get(cluster)
  if (known) return known
  const sources = sourcesOf(cluster, cluster.machines.filter(isNode))
  ofNodes.set(cluster, sources)
  return sources
}
