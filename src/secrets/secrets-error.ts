import { type Diagnostic, error } from '../diagnostics/diagnostic.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'

/**
 * The bundle cannot be read, opened or written for a reason that lies outside hakube. The command prints the diagnostics. No
 * message holds anything of what is secret.
 */
export class SecretsError extends Error {
  override name = 'SecretsError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join('; '))
    this.diagnostics = diagnostics
  }
}

/** One mistake as an exception. */
export const secretsError = (...parameters: Parameters<typeof error>): SecretsError =>
  new SecretsError([error(...parameters)])

/** What the system says, with the file that it is about; a fault of ours stays what it is. */
export const asSecretsError = (fault: unknown, verb: string, file: string): unknown =>
  isSystemError(fault)
    ? secretsError('secrets/input-output', `cannot ${verb} ${file}: ${describeSystemError(fault)}`)
    : fault
