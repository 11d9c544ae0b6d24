import type { Conflict, ValueOf } from './conflict.ts'

const units: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/**
 * Parses a quantity of Kubernetes, e.g. `500Mi` or `200m`.
 *
 * @returns null for other texts
 */
export function quantity(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(text) ?? []
  return amount === undefined ? null : Number(amount) * (unit === undefined ? 1 : (units[unit] ?? 1))
}

const part = (text: string, resource: string): string | undefined =>
  text
    .split(',')
    .map((each) => each.trim().split(/[=<]/))
    .find(([name]) => name === resource)?.[1]

/** The sum of kube-reserved and system-reserved for a resource; null if a quantity cannot be parsed. */
export function reservation(value: ValueOf, resource: string): number | null {
  const amounts = ['kube-reserved', 'system-reserved'].map((name) =>
    quantity(part(value(name), resource) ?? '0'),
  )
  return amounts.reduce<number | null>((sum, each) => (sum === null || each === null ? null : sum + each), 0)
}

/** More than zero, or unknown. */
export const positive = (amount: number | null): boolean => amount === null || amount > 0

const memoryPage = 'https://kubernetes.io/docs/tasks/administer-cluster/memory-manager/#reserved-memory-flag'

/** The kubelet's default on Linux (pkg/kubelet/apis/config/v1beta1/defaults_linux.go). */
const usualEviction = '100Mi'

/** With the static policy, reserved-memory must equal the sum of kube-reserved, system-reserved and the hard eviction threshold. */
export function memoryConflict(value: ValueOf): Conflict | null {
  if (value('memory-manager-policy') !== 'Static') return null
  const hard =
    part(value('eviction-hard'), 'memory.available') ?? (value('eviction-hard') === '' ? usualEviction : '0')
  const evicted = quantity(hard)
  const others = reservation(value, 'memory')
  // A share of memory, or another value that depends on the machine.
  if (evicted === null || others === null) return value('reserved-memory') === '' ? missing(null) : null
  const wanted = evicted + others
  if (value('reserved-memory') === '') return missing(wanted)
  const nodes = value('reserved-memory')
    .split(';')
    .map((node) => node.replace(/^\d+:/, ''))
  const amounts = nodes.map((node) => quantity(part(node, 'memory') ?? '0'))
  if (amounts.includes(null)) return null
  const sum = amounts.reduce<number>((all, each) => all + (each ?? 0), 0)
  if (sum === wanted) return null
  return {
    message: `reserved-memory is ${shown(sum)}, but kube-reserved, system-reserved and eviction-hard add up to ${shown(wanted)}: the kubelet exits`,
    hint: `make reserved-memory add up to ${shown(wanted)}`,
    source: memoryPage,
  }
}

const missing = (wanted: number | null): Conflict => ({
  message: 'with the static memory manager policy and no reserved-memory, the kubelet exits',
  hint:
    wanted === null
      ? 'also write reserved-memory, the sum of kube-reserved, system-reserved and eviction-hard'
      : `also write reserved-memory: "0:memory=${shown(wanted)}", split among the NUMA nodes: the sum of kube-reserved, system-reserved and eviction-hard (100Mi by default)`,
  source: memoryPage,
})

function shown(bytes: number): string {
  if (bytes % 2 ** 30 === 0) return `${bytes / 2 ** 30}Gi`
  return bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}Mi` : String(bytes)
}
