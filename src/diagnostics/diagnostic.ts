import type { Code } from './codes/index.ts'

/** A position in the profile: keys and list indices from its top, e.g. `['machines', 2, 'mac']`. */
export type Path = readonly (string | number)[]

export type Severity = 'error' | 'warning'

/** A position in a file; line and column start at 1, length is in characters. */
export type Position = { file: string; line: number; column: number; length: number }

/** Another position that belongs to a diagnostic; `position` is set if it is in another file. */
export type Related = { path: Path; message: string; onKey?: boolean; position?: Position }

/**
 * An error or a piece of old advice. User mistakes are collected and shown together in one run; exceptions are for bugs in hakube and for
 * failing input and output.
 *
 * A rule gives a `path`; the position in the file is looked up when the diagnostic is printed.
 */
export type Diagnostic = {
  /** The rule that found it: stable, and documented in docs/errors.md. */
  code: Code
  severity: Severity
  /** What is wrong, in one sentence without a full stop. */
  message: string
  /** What to write instead. */
  hint?: string
  path?: Path
  /** Point to the key instead of its value. */
  onKey?: boolean
  /** If it is already known, e.g. for a YAML syntax error; otherwise `path` determines it. */
  position?: Position
  /** Other positions that belong to it, e.g. where an address was used first. */
  related?: Related[]
  /** Points to a part of the text at `path`, in characters from its start. */
  part?: { start: number; length: number }
  /** It concerns a secret, so its line is not shown. */
  hidden?: true
  /** Source of the fact: a URL or a manual page. */
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

/** Something that works but is harmful or has no effect. */
export const warning = (code: Code, message: string, rest: Rest = {}): Diagnostic => ({
  code,
  severity: 'warning',
  message,
  ...rest,
})

/** Whether any of them prevents rendering. */
export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((diagnostic) => diagnostic.severity === 'error')

/** `$.machines[2].mac`; keys that are not plain words are quoted: `$.sysctls["net.core.somaxconn"]`. */
export function formatPath(path: Path): string {
  let text = '$'
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(part)) text += `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}
