import { compareText } from '../text/order.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { refuseUnknownNames } from './names.ts'
import { inOrder } from './order.ts'
import { startStep } from './start-steps.ts'
import type {
  Check,
  CollectedPart,
  Component,
  Declared,
  FetchedAsset,
  File,
  Owned,
  Part,
  Step,
  Unit,
} from './component.ts'

export type { Owned } from './component.ts'

/** Everything that all components contribute to one machine, not yet in any output format. */
export type Assembly = {
  machine: Machine
  /** Sorted by path; each path occurs once. */
  files: readonly Owned<File>[]
  units: readonly Owned<Unit>[]
  /** In the order in which they run. */
  steps: readonly Owned<Step>[]
  checks: readonly Owned<Check>[]
  declared: Declared
}

const own = <T>(component: Component, items: readonly T[] | undefined): Owned<T>[] =>
  (items ?? []).map((item) => ({ ...item, component: component.name }))

/**
 * Collects the parts of all components that apply to a machine, and combines them.
 *
 * @param components in the order in which their steps run unless `after` or a stage requires another
 * @throws when two components contribute the same file, unit, step or check; when steps wait for each other in a circle or for an unknown
 *   step; or when a component contributes a step or unit that it does not list. All of these are bugs in hakube: rules of the profile
 *   catch collisions with the user's own files before
 */
export function assemble(components: readonly Component[], cluster: Cluster, machine: Machine): Assembly {
  const applying = components.filter((component) => component.appliesTo(cluster, machine))
  const parts = applying.map((component): [Component, Part] => [
    component,
    component.contribute?.(cluster, machine) ?? {},
  ])
  const all = <Item>(itemsOf: (part: Part) => readonly Item[] | undefined): Owned<Item>[] =>
    parts.flatMap(([component, part]) => own(component, itemsOf(part)))
  const declared = shared(cluster, {
    packages: all((part) => part.packages),
    repositories: all((part) => part.repositories),
    kernelModules: all((part) => part.kernelModules),
    kernelArguments: all((part) => part.kernelArguments),
    refusedArguments: all((part) => part.refusedArguments),
    refusedCommands: all((part) => part.refusedCommands),
    refusedSysctls: all((part) => part.refusedSysctls),
    sysctls: all((part) => part.sysctls),
    limits: all((part) => part.limits),
    ports: all((part) => part.ports),
    users: all((part) => part.users),
    assets: all((part) => part.assets),
  })
  for (const component of applying) {
    const part: CollectedPart = component.collect?.(cluster, machine, declared) ?? {}
    parts.push([component, part])
  }
  const files = all((part) => part.files)
  files.sort((one, other) => compareText(one.path, other.path))
  const units = all((part) => part.units)
  const given = all((part) => part.steps)
  // After all other steps, except those marked `last`.
  const stageOf = new Map(applying.map(({ name, stage }) => [name, stage ?? null]))
  const steps = [
    ...given.filter(({ last }) => !last),
    ...units.map(startStep),
    ...given.filter(({ last }) => last),
  ].map((step) => ({
    ...step,
    stage: step.stage === undefined ? (stageOf.get(step.component) ?? null) : step.stage,
  }))
  const checks = all((part) => part.checks)
  refuseTwice('file', files, (file) => file.path)
  refuseTwice('unit', units, (unit) => unit.name)
  refuseTwice('check', checks, (check) => check.name)
  refuseTwice('step', steps, (step) => step.name)
  refuseUnknownNames(components, { units, given, steps })
  return { machine, files, units, checks, declared, steps: inOrder(steps) }
}

/**
 * The files that all components make a machine fetch from `assets/`: the same as `declared.assets` of its assembly, without computing the
 * rest of it.
 */
export const fetchedAssets = (
  components: readonly Component[],
  cluster: Cluster,
  machine: Machine,
): FetchedAsset[] =>
  components
    .filter((component) => component.appliesTo(cluster, machine))
    .flatMap((component) => component.contribute?.(cluster, machine).assets ?? [])

const declarations = new WeakMap<Cluster, Map<string, Declared>>()

/** Returns one object for all machines with equal declarations, so that `collectOnce` recognizes them by identity. */
function shared(cluster: Cluster, declared: Declared): Declared {
  const known = declarations.get(cluster) ?? new Map<string, Declared>()
  declarations.set(cluster, known)
  const content = JSON.stringify(declared)
  const same = known.get(content)
  if (same) return same
  // Where every machine has different settings, the cache saves nothing. Clearing it bounds the memory.
  if (known.size >= 100) known.clear()
  known.set(content, declared)
  return declared
}

function refuseTwice<T extends { component: string }>(
  what: string,
  items: readonly T[],
  nameOf: (item: T) => string,
): void {
  const seen = new Map<string, string>()
  for (const item of items) {
    const name = nameOf(item)
    const first = seen.get(name)
    if (first) throw new Error(`${what} ${name} comes from ${first} and from ${item.component}`)
    seen.set(name, item.component)
  }
}
