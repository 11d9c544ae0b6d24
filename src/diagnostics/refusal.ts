import { type Diagnostic, error } from './diagnostic.ts'

/**
 * Something that lies outside hakube keeps it from going on: a file, the disk, the network, a key. The command prints the
 * diagnostics; no stack is of use to anybody. It is one class for all rooms: which of them it comes from is in the code.
 */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join('; '))
    this.diagnostics = diagnostics
  }
}

/** One mistake as an exception. No message holds anything of what is secret. */
export const refusal = (...parameters: Parameters<typeof error>): Refusal =>
  new Refusal([error(...parameters)])
