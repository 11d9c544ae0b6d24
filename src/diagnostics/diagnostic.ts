import type { Code } from './codes/index.ts'

/** A place in the profile: keys and list positions from its top, e.g. `['machines', 2, 'mac']`. */
export type Path = readonly (string | number)[]

export type Severity = 'error' | 'warning'

/** A place in a file; line and column count from 1, length in characters. */
export type Position = { file: string; line: number; column: number; length: number }

/** Another place that belongs to a mistake; `position` where it is in another file. */
export type Related = { path: Path; message: string; onKey?: boolean; position?: Position }

/**
 * One mistake or piece of old advice. User mistakes are collected and all shown in one run; exceptions are for our own
 * faults and for input and output that fails.
 *
 * A rule gives a `path`; the position in the file is looked up last, when the diagnostic is printed.
 */
export type Diagnostic = {
  /** The rule that found it: stable, a row in docs/errors.md. */
  code: Code
  severity: Severity
  /** What is wrong, in one sentence without a full stop. */
  message: string
  /** What to write instead. */
  hint?: string
  path?: Path
  /** Point at the key, not at its value. */
  onKey?: boolean
  /** Known already, e.g. for a mistake of YAML syntax; otherwise found by `path`. */
  position?: Position
  /** Other places that belong to it, e.g. where an address was used first. */
  related?: Related[]
  /** Points at a part of the text at `path`, in characters from its start. */
  part?: { start: number; length: number }
  /** It is about a secret: its line is not shown. */
  hidden?: true
  /** Where the fact is written down: a URL or the name of a manual page. */
  source?: string
}

type Rest = Omit<Diagnostic, 'code' | 'severity' | 'message'>

/** Something that would not work. */
export const error = (code: Code, message: string, rest: Rest = {}): Diagnostic => ({
  code,
  severity: 'error',
  message,
  ...rest,
})

/** Something that works and does harm, or does nothing. */
export const warning = (code: Code, message: string, rest: Rest = {}): Diagnostic => ({
  code,
  severity: 'warning',
  message,
  ...rest,
})

/** Whether one of them keeps the profile from being rendered. */
export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((diagnostic) => diagnostic.severity === 'error')

/** `$.machines[2].mac`; a key that is no plain word is quoted: `$.sysctls["net.core.somaxconn"]`. */
export function formatPath(path: Path): string {
  let text = '$'
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(part)) text += `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}
