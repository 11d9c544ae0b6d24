import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'

/** The problem of a value, and what to write instead. */
export type Conflict = {
  message: string
  hint: string
  source?: string
  /** It works, but less securely. */
  isUnprotected?: true
  /** It works until certificates of the nodes expire, or until someone has to approve them. */
  isExpiring?: true
}

/** The value of an argument; empty if it is not set. */
export type ValueOf = (name: string) => string

/** According to strconv.ParseBool. */
export const isOff = (value: string): boolean => /^(?:0|f|F|false|FALSE|False)$/.test(value)

/** The opposite of {@link isOff}; both are false for other texts. */
export const isOn = (value: string): boolean => /^(?:1|t|T|true|TRUE|True)$/.test(value)

/** The items of a comma-separated value. */
export const items = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

/** Whether only the machine itself can reach the address. */
export const isLoopback = (text: string): boolean => /^127\.|^::1$|^localhost$/.test(text)

/** A conflict as a diagnostic with its position. */
export function asDiagnostics(conflict: Conflict | null, path: Path): Diagnostic[] {
  if (conflict === null) return []
  const { message, hint, source, isUnprotected, isExpiring } = conflict
  const rest = { hint, path, ...(source === undefined ? {} : { source }) }
  if (isExpiring) return [warning('arguments/certificates', message, rest)]
  return [
    isUnprotected
      ? warning('arguments/unprotected', message, rest)
      : error('arguments/conflict', message, rest),
  ]
}
