import type { Assembly } from '../assemble.ts'
import { argumentConflicts } from './arguments.ts'
import { commandConflicts } from './commands.ts'
import type { Conflict } from './conflict.ts'
import { moduleConflicts } from './modules.ts'
import { packageConflictsOf } from './packages.ts'
import { sysctlConflicts } from './sysctls.ts'
import { unitConflicts } from './units.ts'

export type { Conflict } from './conflict.ts'

/**
 * Everything in the profile with which a component of the machine cannot do its work. It asks what components declare, and knows none of
 * them: a new component is covered by what it declares.
 */
export const conflictsOf = (assembly: Assembly): Conflict[] => [
  ...sysctlConflicts(assembly),
  ...moduleConflicts(assembly),
  ...unitConflicts(assembly),
  ...argumentConflicts(assembly),
  ...commandConflicts(assembly),
  ...packageConflictsOf(assembly),
]
