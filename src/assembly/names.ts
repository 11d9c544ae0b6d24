import type { Component, Owned, Step, Unit } from './component.ts'
import { startStepName } from './start-steps.ts'

/*
 * Steps refer to steps and units only by name, so a misspelt name would silently remove the dependency. Each component lists the names
 * that it may contribute (`Component.steps`, `Component.units`), and every other name is refused.
 */

/** Whether a name is in a list, or has a prefix from it (`command-*`). */
const isAmong = (names: readonly string[], wanted: string): boolean =>
  names.some((name) => (name.endsWith('*') ? wanted.startsWith(name.slice(0, -1)) : name === wanted))

const stepsToWaitFor = new WeakMap<readonly Component[], ReadonlySet<string>>()

/** The names of all steps that any component may contribute, including those that start units. */
function namesOf(components: readonly Component[]): ReadonlySet<string> {
  const known = stepsToWaitFor.get(components)
  if (known) return known
  const names = new Set(
    components.flatMap(({ steps = [], units = [] }) => [
      ...steps.filter((name) => !name.endsWith('*')),
      ...units.map((unit) => startStepName(unit)),
    ]),
  )
  stepsToWaitFor.set(components, names)
  return names
}

/**
 * Refuses names that no component lists.
 *
 * @param components all components, including those that do not apply to the machine
 * @param machine what its components contributed: `given` without the steps that start units, `steps` with them
 * @throws when a component contributes a step or unit that it does not list, or a step waits for one that no component lists
 */
export function refuseUnknownNames(
  components: readonly Component[],
  {
    units,
    given,
    steps,
  }: { units: readonly Owned<Unit>[]; given: readonly Owned<Step>[]; steps: readonly Owned<Step>[] },
): void {
  const byName = new Map(components.map((component) => [component.name, component]))
  const refuseUndeclared = (what: 'step' | 'unit', names: readonly Owned<{ name: string }>[]) => {
    for (const { name, component } of names)
      if (!isAmong(byName.get(component)?.[`${what}s`] ?? [], name))
        throw new Error(
          `component ${component} gives the ${what} ${name}, which is not in its list of ${what}s`,
        )
  }
  refuseUndeclared('unit', units)
  refuseUndeclared('step', given)
  const known = namesOf(components)
  for (const { name, component, after } of steps)
    for (const other of after)
      if (!known.has(other))
        throw new Error(`step ${name} of ${component} waits for ${other}, a step that no component provides`)
}
