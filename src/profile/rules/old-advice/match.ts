import type { Diagnostic, Path } from '../../../diagnostics/diagnostic.ts'
import type { Advice, Found, Situation } from './advice.ts'
import { allAdvice } from './index.ts'
import { matchesOf } from './matches-of.ts'
import { sysctlAssignments } from './sysctl-assignments.ts'
import { textsOf, type Text } from './texts.ts'

/** The diagnostic of one piece of advice at one position. */
export function sayAt(advice: Advice, path: Path, name: string, rest: Partial<Diagnostic> = {}): Diagnostic {
  const { says } = advice
  return { ...says, message: says.message.replace('{}', name.trim().replaceAll(/\s+/g, ' ')), path, ...rest }
}

/**
 * Finds old advice in a user's text.
 *
 * @param file path on the machine, or null for a command
 */
export function adviceOnText(
  text: string,
  file: string | null,
  path: Path,
  situation: Situation,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const seen = new Set<string>()
  for (const part of textsOf(text, file)) {
    for (const advice of allAdvice) {
      if (advice.holds && !advice.holds(situation)) continue
      for (const { start, length, name } of findIn(part, advice, situation)) {
        const at = part.offset + start
        const key = `${advice.says.code} ${at}`
        if (seen.has(key)) continue
        seen.add(key)
        diagnostics.push(
          sayAt(advice, path, name ?? part.raw.slice(start, start + length), { part: { start: at, length } }),
        )
      }
    }
  }
  return diagnostics
}

function findIn(text: Text, advice: Advice, situation: Situation): Found[] {
  const found = (advice.texts ?? []).flatMap(({ kinds, find, except, unless, holds }) => {
    if (!kinds.some((kind) => text.kinds.has(kind)) || holds?.(situation) === false) return []
    const all = typeof find === 'function' ? find(text) : matchesOf(find, text.bare).map(foundBy)
    if (all.length === 0 || unless?.(text)) return []
    return except ? all.filter(({ start, length }) => !except(text.bare.slice(start, start + length))) : all
  })
  return advice.sysctl ? [...found, ...settingsIn(text, advice)] : found
}

function foundBy(match: RegExpExecArray): Found {
  const [whole] = match
  const name = match.groups?.['name']
  const start =
    match.index + (name === undefined ? whole.length - whole.trimStart().length : whole.indexOf(name))
  return { start, length: (name ?? whole).trim().length }
}

const settingsIn = (text: Text, advice: Advice): Found[] =>
  sysctlAssignments(text).flatMap(({ key: written, value, mayBeMissing, start, length }) => {
    const key = dottedKey(written)
    return isFound(advice, key, value, mayBeMissing) ? [{ start, length, name: key }] : []
  })

export const dottedKey = (key: string): string => key.replaceAll('/', '.')

/**
 * Whether a kernel setting matches this advice.
 *
 * @param mayBeMissing written with a leading dash, so that a removed key is not an error (sysctl.d(5))
 */
export const isFound = (
  { sysctl, says }: Advice,
  key: string,
  value: string,
  mayBeMissing: boolean,
): boolean =>
  sysctl !== undefined &&
  !(mayBeMissing && says.severity === 'error') &&
  sysctl.key.test(key) &&
  (sysctl.value?.(value) ?? true)
