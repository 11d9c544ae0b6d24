import type { Diagnostic } from './diagnostic.ts'

/**
 * Something that lies outside hakube keeps it from going on: a file, the disk, the network, a key. The command prints the
 * diagnostics; no stack is of use to anybody.
 */
export class Refusal extends Error {
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join('; '))
    this.diagnostics = diagnostics
  }
}
