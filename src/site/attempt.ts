import { refusal } from '../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'

/** Runs a file operation; if the system refuses it, the error names the path. */
export function attempt<Result>(verb: string, path: string, operation: () => Result): Result {
  try {
    return operation()
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refusal('site/input-output', `cannot ${verb} ${path}: ${describeSystemError(fault)}`)
  }
}
