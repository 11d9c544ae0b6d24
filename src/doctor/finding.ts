import type { Code } from '../diagnostics/codes/index.ts'
import { type Diagnostic, error, type Severity, warning } from '../diagnostics/diagnostic.ts'
import { printable } from '../diagnostics/excerpt.ts'

/** A problem in the network. Findings that differ only in `who` become one message. */
export type Finding = {
  code: Extract<Code, `doctor/${string}`>
  severity: Severity
  /** What it concerns, e.g. the name of a machine; null if it concerns all. */
  who: string | null
  what: string
  hint: string
}

type Maker = (code: Finding['code'], who: string | null, what: string, hint: string) => Finding
const maker =
  (severity: Severity): Maker =>
  (code, who, what, hint) => ({ code, severity, who, what, hint })

/** A problem that prevents machines from booting. */
export const errorFinding = maker('error')
/** Something that works but is harmful, or that cannot be judged from here. */
export const warningFinding = maker('warning')

const mostNames = 8

function list(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).join(', ')
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown
}

/** Removes control characters from text that servers sent. */
export function diagnosticsOf(findings: readonly Finding[]): Diagnostic[] {
  const groups = new Map<string, { first: Finding; names: Set<string> }>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.code, finding.what, finding.hint])
    const group = groups.get(key) ?? { first: finding, names: new Set() }
    if (finding.who !== null) group.names.add(finding.who)
    groups.set(key, group)
  }
  return [...groups.values()].map(({ first: { code, severity, what, hint }, names }) => {
    const message = printable(names.size === 0 ? what : `${list([...names])}: ${what}`)
    return severity === 'error' ? error(code, message, { hint }) : warning(code, message, { hint })
  })
}
