/** What docs/errors.md and `hakube check --explain` say about one code. Markdown. */
export type CodeEntry = {
  severity: 'error' | 'warning' | 'error or warning'
  /** What is wrong. */
  what: string
  /** What to do about it. */
  remedy: string
  /** Where the fact is written down. */
  source?: string
}

/** The codes of one subject. Codes are stable: scripts may rely on them. */
export type CodeSection = {
  title: string
  introduction?: string
  codes: Readonly<Record<string, CodeEntry>>
}
