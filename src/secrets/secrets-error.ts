import { error } from '../diagnostics/diagnostic.ts'
import { Refusal } from '../diagnostics/refusal.ts'
import { GitError } from '../files/git.ts'
import { FileError, inSubmodule, notRegular, tooLong } from '../files/reader.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'

/** A bundle that cannot be read, opened or written. No message holds anything of what is secret. */
export class SecretsError extends Refusal {
  override name = 'SecretsError'
}

/** One mistake as an exception. */
export const secretsError = (...parameters: Parameters<typeof error>): SecretsError =>
  new SecretsError([error(...parameters)])

/** What the system says, with the file that it is about; a fault of ours stays what it is. */
export function asSecretsError(fault: unknown, verb: string, file: string): unknown {
  const reason = reasonOf(fault)
  return reason === null ? fault : secretsError('secrets/input-output', `cannot ${verb} ${file}: ${reason}`)
}

const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory',
  [notRegular]: 'it is not a regular file, but a pipe, a device or a socket',
  [tooLong]: 'it is larger than any bundle or key',
  [inSubmodule]: 'it is in a submodule, whose files are not in this revision',
}

/** Why a file could not be read or written; null for a fault of ours. */
export function reasonOf(fault: unknown): string | null {
  if (isSystemError(fault)) return describeSystemError(fault)
  if (fault instanceof FileError) return reasons[fault.code] ?? fault.code
  return fault instanceof GitError ? `git says: ${fault.message}` : null
}
