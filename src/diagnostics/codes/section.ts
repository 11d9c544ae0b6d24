/** The documentation of a code, in docs/errors.md and `hakube check --explain`. Markdown. */
export type CodeEntry = {
  severity: 'error' | 'warning' | 'error or warning'
  /** What is wrong. */
  what: string
  /** What to do about it. */
  remedy: string
  /** Source of the fact. */
  source?: string
}

/** The codes of one subject. Codes are stable, because scripts may rely on them. */
export type CodeSection = {
  title: string
  introduction?: string
  codes: Readonly<Record<string, CodeEntry>>
}
