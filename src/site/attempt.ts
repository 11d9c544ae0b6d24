import { refusal } from '../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'

/** Runs file operations; where the system refuses one, the error names the path that was being worked on. */
export function attempt<Result>(verb: string, path: string, operation: () => Result): Result {
  try {
    return operation()
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refusal('site/input-output', `cannot ${verb} ${path}: ${describeSystemError(fault)}`)
  }
}
