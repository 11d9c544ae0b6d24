import { parseNetwork } from '../network/addresses.ts'
import type { Path } from '../diagnostics/diagnostic.ts'
import { isMapping, valueAt } from '../text/data.ts'
import { freeAddress, likelySubnet } from './free-address.ts'

/* Examples in messages that are derived from the profile's values, where those of the schema would belong to another rack. */

/**
 * @param path position of a missing value
 * @param root the whole data
 * @returns undefined if the example of the schema suffices
 */
export function ownExample(path: Path, root: unknown): unknown {
  if (!isMapping(root)) return undefined
  const [top, index] = path
  const pattern = path.map((part) => (typeof part === 'number' ? '#' : part)).join('.')
  if (pattern === 'machines.#.address')
    return freeAddress(root, withoutAddress(root, Number(index))) ?? undefined
  if (pattern === 'machines.#.name') return freeName(root, Number(index))
  if (top === 'loadBalancing') return virtualAddress(root, pattern)
  if (pattern === 'server') return webAddress(freeAddress(root, withoutAddress(root)))
  if (pattern === 'network.subnet') return likelySubnet(root) ?? undefined
  if (pattern === 'network.gateway') return firstAddress(root)
  if (pattern === 'network.nameServers') return inList(gatewayOf(root))
  if (pattern === 'network.nameServers.#') return gatewayOf(root)
  return undefined
}

const webAddress = (address: string | null) => (address === null ? undefined : `http://${address}:8080`)

const inList = (value: string | undefined) => (value === undefined ? undefined : [value])

/** The order in which missing virtual addresses get free addresses. */
const virtualPlaces = [
  'loadBalancing.api.address',
  'loadBalancing.ingress.address',
  'loadBalancing.sourceAddress',
]

function virtualAddress(root: Record<string, unknown>, pattern: string): string | undefined {
  const position = virtualPlaces.indexOf(pattern)
  if (position === -1) return undefined
  return freeAddress(root, withoutAddress(root) + position) ?? undefined
}

const machinesOf = (root: Record<string, unknown>): unknown[] => {
  const machines = root['machines']
  return Array.isArray(machines) ? machines : []
}

/** How many machines before one have no address, so that each is shown a different one. */
const withoutAddress = (root: Record<string, unknown>, end?: number): number =>
  machinesOf(root)
    .slice(0, end)
    .filter((machine) => isMapping(machine) && (machine['address'] ?? null) === null).length

/** `worker-3` for the third worker, or the next number that no machine uses. */
function freeName(root: Record<string, unknown>, index: number): string | undefined {
  const machines = machinesOf(root).filter(isMapping)
  const role = valueAt(root, ['machines', index, 'role'])
  if (typeof role !== 'string' || !/^[a-z-]+$/.test(role)) return undefined
  const names = new Set(machines.map(({ name }) => name))
  let number = machinesOf(root)
    .slice(0, index + 1)
    .filter((machine) => isMapping(machine) && machine['role'] === role).length
  while (names.has(`${role}-${number}`)) number += 1
  return `${role}-${number}`
}

function gatewayOf(root: Record<string, unknown>): string | undefined {
  const gateway = valueAt(root, ['network', 'gateway'])
  return typeof gateway === 'string' ? gateway : firstAddress(root)
}

/** The first address of the subnet, which is usually the gateway's. */
function firstAddress(root: Record<string, unknown>): string | undefined {
  const text = valueAt(root, ['network', 'subnet'])
  const subnet = parseNetwork(typeof text === 'string' ? text : '') ?? parseNetwork(likelySubnet(root) ?? '')
  if (subnet?.family !== 4 || subnet.prefixLength < 8 || subnet.prefixLength > 30) return undefined
  const [one, two, three, last = 0] = subnet.first.bytes
  return [one, two, three, last + 1].join('.')
}
