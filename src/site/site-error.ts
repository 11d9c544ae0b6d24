import { error, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'

/**
 * A site that cannot be written, read or served for a reason that lies outside hakube: what stands in the folder, the
 * disk, the network. The command prints the diagnostics; no stack is of use to anybody.
 */
export class SiteError extends Error {
  override name = 'SiteError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join('; '))
    this.diagnostics = diagnostics
  }
}

/** Runs file operations; where the system refuses one, the error names the path that was being worked on. */
export function attempt<Result>(verb: string, path: string, operation: () => Result): Result {
  try {
    return operation()
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw new SiteError([error('site-input-output', `cannot ${verb} ${path}: ${describeSystemError(fault)}`)])
  }
}
