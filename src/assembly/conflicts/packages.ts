import { packageConflicts } from '../../distributions/package-conflicts.ts'
import type { Assembly } from '../assemble.ts'
import type { Conflict } from './conflict.ts'

/** Packages of the profile that conflict with packages or units of a component. */
export function packageConflictsOf({ declared, files, machine, units }: Assembly): Conflict[] {
  const facts = packageConflicts(machine.system.distribution)
  const brought = [
    ...declared.packages,
    ...units,
    ...files.map(({ path, component, from }) => ({ name: path, component, from })),
  ].filter(({ from }) => !from)
  return declared.packages.flatMap(({ name: written, from }) => {
    if (!from) return []
    // Debian's `name:architecture`.
    const name = written.replace(/:.*$/, '')
    return facts
      .filter(({ names }) => names.includes(name))
      .flatMap(({ against, does, reason, hint, source }) =>
        brought
          .filter((each) => each.name === against)
          .map(({ component }): Conflict => ({
            code: 'conflict/package',
            place: { path: from },
            what: `the package ${name} ${does ?? `conflicts with ${against}`}`,
            need: does === undefined ? `needs ${against}: ${reason}` : reason,
            component,
            hint,
            source,
          })),
      )
  })
}
