import { assemble } from '../assembly/assemble.ts'
import { conflictsOf, type Conflict } from '../assembly/conflicts/index.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { components } from '../components/index.ts'
import { type Diagnostic, error } from '../diagnostics/diagnostic.ts'
import { findEphemeralPorts } from './ephemeral-ports.ts'
import { findLongKernelLines } from './kernel-lines.ts'
import { machineNames } from './machine-names.ts'

/** A conflict, with all components and machines that have it. */
type Group = { conflict: Conflict; components: Set<string>; machines: Set<Machine> }

/**
 * Settings of a profile with which its components cannot work: values that are valid by themselves and wrong for the whole machine. Each
 * position is reported once, with its components and machines.
 *
 * @param stop aborts the work with an exception
 */
export function findConflicts(cluster: Cluster, stop?: AbortSignal): Diagnostic[] {
  const groups = new Map<string, Group>()
  for (const machine of cluster.machines) {
    stop?.throwIfAborted()
    if (!asksForSomething(machine)) continue
    for (const conflict of conflictsOf(assemble(components, cluster, machine))) {
      const { path, part } = conflict.place
      const key = JSON.stringify([conflict.code, path, part, conflict.what])
      const group = groups.get(key) ?? { conflict, components: new Set(), machines: new Set() }
      groups.set(key, group)
      group.components.add(conflict.component)
      group.machines.add(machine)
    }
  }
  return [
    ...[...groups.values()].map(diagnosticOf),
    ...findLongKernelLines(cluster, stop),
    ...findEphemeralPorts(cluster, stop),
  ]
}

/** Most machines of a large rack have no such settings, and need not be assembled. */
const asksForSomething = ({ settings }: Machine): boolean =>
  [
    settings.sysctls,
    settings.kernelArguments,
    settings.modules,
    settings.files,
    settings.commands,
    settings.packages,
  ].some((list) => list.length > 0)

function diagnosticOf({ conflict, components: names, machines }: Group): Diagnostic {
  const { code, place, what, need, hint, source } = conflict
  const who = `${[...names].join(' and ')} on ${machineNames([...machines])}`
  const does = names.size === 1 ? need : need.replace(/^(need|load|enable)s\b/, '$1')
  return {
    ...error(code, `${what}, and ${who} ${does}`, { hint, ...(source === undefined ? {} : { source }) }),
    ...place,
  }
}
