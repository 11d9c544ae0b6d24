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
 * All settings of the profile with which a component of the machine cannot work. It reads the declarations and knows no component, so it
 * covers a new component without a change.
 */
export const conflictsOf = (assembly: Assembly): Conflict[] => [
  ...sysctlConflicts(assembly),
  ...moduleConflicts(assembly),
  ...unitConflicts(assembly),
  ...argumentConflicts(assembly),
  ...commandConflicts(assembly),
  ...packageConflictsOf(assembly),
]
