import { type Diagnostic, error } from './diagnostic.ts'

/**
 * Something outside hakube prevents it from continuing: a file, the disk, the network, a key. The command prints the diagnostics without
 * a stack trace. There is one class for all rooms, because the codes tell where it comes from.
 */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join('; '))
    this.diagnostics = diagnostics
  }
}

/** A single diagnostic as an exception. Messages never contain secrets. */
export const refusal = (...parameters: Parameters<typeof error>): Refusal =>
  new Refusal([error(...parameters)])
