import type { Component, Owned, Step, Unit } from './component.ts'
import { startStepName } from './start-steps.ts'

/*
 * Steps and units know each other by their names alone, so a name that is misspelt would mean nothing: the step would not wait. Each
 * component says which names it may give (`Component.steps`, `Component.units`), and everything else is refused.
 */

/** Whether one of the names is this one, or its beginning (`command-*`). */
const isAmong = (names: readonly string[], wanted: string): boolean =>
  names.some((name) => (name.endsWith('*') ? wanted.startsWith(name.slice(0, -1)) : name === wanted))

const stepsToWaitFor = new WeakMap<readonly Component[], ReadonlySet<string>>()

/** Names of all steps that some component may give, also those that start units. */
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
 * @param components all of them, also those that do not apply to the machine
 * @param machine what its components gave: `given` without, `steps` with those that start units
 * @throws when a step or unit is not among those that its component names, or waits for a step that no component names
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
