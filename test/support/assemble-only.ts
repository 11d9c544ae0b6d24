import { assemble, type Assembly } from '../../src/assembly/assemble.ts'
import type { Component } from '../../src/assembly/component.ts'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { components } from '../../src/components/index.ts'

/** An assembly of only these components. All others are known, so that steps may wait for theirs, but contribute nothing. */
export function assembleOnly(only: readonly Component[], cluster: Cluster, machine: Machine): Assembly {
  const names = new Set(only.map(({ name }) => name))
  const absent = components
    .filter(({ name }) => !names.has(name))
    .map((component) => ({ ...component, appliesTo: () => false }))
  return assemble([...only, ...absent], cluster, machine)
}
