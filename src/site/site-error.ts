import { error } from '../diagnostics/diagnostic.ts'
import { Refusal } from '../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'

/** A site that cannot be written, read or served: what stands in the folder, the disk, the network. */
export class SiteError extends Refusal {
  override name = 'SiteError'
}

/** Runs file operations; where the system refuses one, the error names the path that was being worked on. */
export function attempt<Result>(verb: string, path: string, operation: () => Result): Result {
  try {
    return operation()
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw new SiteError([error('site/input-output', `cannot ${verb} ${path}: ${describeSystemError(fault)}`)])
  }
}
