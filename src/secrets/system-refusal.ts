import { refusal } from '../diagnostics/refusal.ts'
import { GitError } from '../files/git.ts'
import { FileError, inSubmodule, notRegular, tooLong } from '../files/reader.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'

/** Turns a system error into a refusal that names the file; other errors stay as they are. */
export function asRefusal(fault: unknown, verb: string, file: string): unknown {
  const reason = reasonOf(fault)
  return reason === null ? fault : refusal('secrets/input-output', `cannot ${verb} ${file}: ${reason}`)
}

const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory',
  [notRegular]: 'it is not a regular file, but a pipe, a device or a socket',
  [tooLong]: 'it is too large for a bundle or key',
  [inSubmodule]: 'it is in a submodule, whose files are not in this revision',
}

/** Why a file could not be read or written; null for a bug in hakube. */
export function reasonOf(fault: unknown): string | null {
  if (isSystemError(fault)) return describeSystemError(fault)
  if (fault instanceof FileError) return reasons[fault.code] ?? fault.code
  return fault instanceof GitError ? `git says: ${fault.message}` : null
}
