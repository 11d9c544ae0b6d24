import type { Cluster, Machine, System } from '../cluster/cluster.ts'
import type { CollectedPart, Declared } from './component.ts'

/*
 * Most machines of a rack differ only in name and addresses. With thousands of machines it is much faster to make a part once for each
 * kind of machine and reuse it.
 */

/** The kind of parts that depend on nothing of the machine but its operating system. */
export const sameForAll = (): string => ''

/**
 * Memoizes a pure function that reads nothing of the machine but its operating system and what `kindOf` returns: it runs once for each
 * cluster, operating system and kind.
 */
export function onceForEach<Result>(
  kindOf: (machine: Machine) => string,
  make: (cluster: Cluster, machine: Machine) => Result,
): (cluster: Cluster, machine: Machine) => Result {
  const made = new WeakMap<Cluster, WeakMap<System, Map<string, Result>>>()
  return (cluster, machine) => {
    const ofCluster = made.get(cluster) ?? new WeakMap<System, Map<string, Result>>()
    made.set(cluster, ofCluster)
    const ofSystem = ofCluster.get(machine.system) ?? new Map<string, Result>()
    ofCluster.set(machine.system, ofSystem)
    const kind = kindOf(machine)
    const known = ofSystem.get(kind)
    if (known !== undefined) return known
    const result = make(cluster, machine)
    ofSystem.set(kind, result)
    return result
  }
}

/**
 * The same for `collect`: once for each cluster, operating system, kind and `Declared` object, which machines with equal declarations
 * share.
 */
export function collectOnce(
  kindOf: (machine: Machine) => string,
  collect: (cluster: Cluster, machine: Machine, declared: Declared) => CollectedPart,
): (cluster: Cluster, machine: Machine, declared: Declared) => CollectedPart {
  const made = new WeakMap<Declared, ReturnType<typeof onceForEach<CollectedPart>>>()
  return (cluster, machine, declared) => {
    const known = made.get(declared)
    if (known) return known(cluster, machine)
    const once = onceForEach(kindOf, (ofCluster, one) => collect(ofCluster, one, declared))
    made.set(declared, once)
    return once(cluster, machine)
  }
}
