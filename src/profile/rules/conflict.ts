import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'

/** What is wrong with a value, and what to write. */
export type Conflict = {
  message: string
  hint: string
  source?: string
  /** It works, but less safely. */
  isUnprotected?: true
  /** It works, until certificates of the nodes expire or because nobody approves them. */
  isExpiring?: true
}

/** The value of an argument; empty where there is none. */
export type ValueOf = (name: string) => string

/** As strconv.ParseBool reads it. */
export const isOff = (value: string): boolean => /^(?:0|f|F|false|FALSE|False)$/.test(value)

/** The opposite of {@link isOff}; other texts are neither. */
export const isOn = (value: string): boolean => /^(?:1|t|T|true|TRUE|True)$/.test(value)

/** The items of a value with commas. */
export const items = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

/** Address that only the machine itself reaches. */
export const isLoopback = (text: string): boolean => /^127\.|^::1$|^localhost$/.test(text)

/** A conflict at its place. */
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
