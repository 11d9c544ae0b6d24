import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { numberOf } from '../../distributions/sysctls/aliases.ts'
import { findSysctls, type SysctlNumbers } from '../../distributions/sysctls/known.ts'
import { canonicalKey } from '../../text/sysctl-key.ts'

type Problem = { message: string; hint: string }

/** What is wrong with the value of a kernel setting: what the kernel would refuse, or show as something else. */
export function valueProblem(written: string, value: string): Problem | null {
  const text = value.trim()
  if (text === '' || /[\r\n]/.test(value))
    return { message: `the value of ${written} must be one line`, hint: 'write a number or a word' }
  if (/[^\P{Cc}\t]/u.test(value))
    return { message: `the value of ${written} has a control character`, hint: 'write a number or a word' }
  const [known] = findSysctls(canonicalKey(written))
  if (!known || known.takes === 'text') return null
  if (known.takes === 'fixed')
    return { message: `${written} cannot be set: the kernel only shows it`, hint: 'remove it' }
  return numbersProblem(written, text, known.takes)
}

function numbersProblem(written: string, text: string, takes: SysctlNumbers): Problem | null {
  const words = text.split(/\s+/)
  const fits = rangeOf(takes)
  for (const word of words) {
    const number = numberOf(word)
    if (number === null && !/^-?\d+$/.test(word))
      return {
        message: `${written} cannot be ${inQuotes(text)}: the kernel takes ${fits}`,
        hint: `write ${fits}`,
      }
    // hakube compares what it has written with what the kernel shows.
    if (number === null || String(number) !== word) {
      const plain = number ?? Number(word)
      if (Number.isSafeInteger(plain))
        return {
          message: `the kernel shows ${inQuotes(word)} of ${written} as ${plain}`,
          hint: `write ${plain}`,
        }
    }
    if (number !== null && (number < takes.low || number > takes.high))
      return { message: `${written} cannot be ${word}: the kernel takes ${fits}`, hint: `write ${fits}` }
  }
  if (words.length === takes.count) return null
  return {
    message: `${written} has ${counted(words.length)}, and the kernel has ${counted(takes.count)}`,
    hint: takes.count === 1 ? `write ${fits}` : `write ${takes.count} numbers with spaces between them`,
  }
}

const counted = (number: number): string => `${number} number${number === 1 ? '' : 's'}`

function rangeOf({ count, low, high }: SysctlNumbers): string {
  const range = [
    ...(low === -Infinity ? [] : [`from ${low}`]),
    ...(high === Infinity ? [] : [`to ${high}`]),
  ].join(' ')
  // A range of 32 bits says nothing to anybody.
  const isWide = low <= -2_147_483_648 && high >= 2_147_483_647
  const numbers = count === 1 ? 'a number' : `${count} numbers`
  return range === '' || isWide ? numbers : `${numbers} ${range}`
}
