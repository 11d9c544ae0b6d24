import type { Position } from './diagnostic.ts'
import { maskSecrets } from './secret.ts'

/** Columns of text after the line number; longer lines are truncated around the marked range. */
const width = 110
const dots = '…'

/**
 * Makes text safe to print: replaces characters that move the cursor, change colours or the direction of text, so that a profile cannot
 * manipulate a terminal.
 */
export const printable = (text: string): string =>
  text.replaceAll(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
    '\uFFFD',
  )

/** Characters that take two columns of a terminal (the common ranges of Unicode's East Asian Width W). */
const isWide = (character: string): boolean =>
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/.test(
    character,
  )

const blank = (text: string): string =>
  Array.from(text)
    .map((each) => (each === '\t' ? '\t' : ' '.repeat(isWide(each) || each.length > 1 ? 2 : 1)))
    .join('')

/** One line of a text, counted from 1, without its line break. */
function lineOf(text: string, line: number): string | null {
  let start = 0
  for (let number = 1; number < line; number += 1) {
    start = text.indexOf('\n', start) + 1
    if (start === 0) return null
  }
  const end = text.indexOf('\n', start)
  return text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '')
}

/**
 * The line of a position with its number, and a line of `^` below the range. Secrets are masked.
 *
 * @returns nothing if the text has no such line
 */
export function excerpt(text: string, position: Position): [] | [source: string, marks: string] {
  const whole = lineOf(text, position.line)
  if (whole === null) return []
  const masked = maskSecrets(whole, Math.min(position.column, whole.length + 1), position.length)
  const line = printable(masked.line)
  let from = masked.column - 1
  const to = Math.max(from + 1, Math.min(from + masked.length, line.length))
  let part = line
  if (line.length > width) {
    const start = Math.max(0, Math.min(from - Math.floor(width / 3), line.length - width))
    part = line.slice(start, start + width)
    if (start > 0) part = dots + part.slice(1)
    if (start + width < line.length) part = part.slice(0, -1) + dots
    from -= start
  }
  const length = Math.max(1, Math.min(to - (masked.column - 1), part.length - from))
  const number = String(position.line).padStart(5)
  const marked = part.slice(from, from + length)
  const marks = '^'.repeat(Math.max(1, blank(marked).length))
  return [`${number} | ${part}`, `${' '.repeat(number.length)} | ${blank(part.slice(0, from))}${marks}`]
}
