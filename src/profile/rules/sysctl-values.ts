import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { numberOf } from '../../distributions/sysctls/aliases.ts'
import { findSysctls, type SysctlNumbers } from '../../distributions/sysctls/known.ts'
import { canonicalKey } from '../../text/sysctl-key.ts'
import { parsePorts } from '../port-ranges.ts'

type Problem = { message: string; hint: string }

/** Why the kernel would reject the value of a setting, or show it differently. */
export function valueProblem(written: string, value: string): Problem | null {
  const text = value.trim()
  if (text === '' || /[\r\n]/.test(value))
    return { message: `the value of ${written} must be one line`, hint: 'write a number or a word' }
  if (/[^\P{Cc}\t]/u.test(value))
    return {
      message: `the value of ${written} contains a control character`,
      hint: 'write a number or a word',
    }
  const [known] = findSysctls(canonicalKey(written))
  const portsProblem = localPortsProblem(canonicalKey(written), text)
  if (portsProblem) return { message: `${written} ${portsProblem.message}`, hint: portsProblem.hint }
  if (!known || known.takes === 'text') return null
  if (known.takes === 'fixed') return { message: `${written} is read-only`, hint: 'remove it' }
  return numbersProblem(written, text, known.takes)
}

/** ipv4_local_port_range and proc_do_large_bitmap of the kernel. */
function localPortsProblem(key: string, text: string): Problem | null {
  if (key === 'net.ipv4.ip_local_reserved_ports')
    return text.split(',').every((ports) => parsePorts(ports.trim()) !== null)
      ? null
      : {
          message: `cannot be ${inQuotes(text)}: the kernel accepts a list of ports and ranges`,
          hint: 'write e.g. 6443,10250-10259',
        }
  if (key !== 'net.ipv4.ip_local_port_range') return null
  const words = text.split(/\s+/).map(Number)
  const [first = 0, last = 0] = words
  return words.length !== 2
    ? null
    : first > last || first < 1 || last > 65_535
      ? {
          message: `cannot be ${inQuotes(text)}: the kernel accepts the first and the last of a range of ports`,
          hint: 'write e.g. 32768 60999',
        }
      : null
}

function numbersProblem(written: string, text: string, takes: SysctlNumbers): Problem | null {
  const words = text.split(/\s+/)
  const fits = rangeOf(takes)
  for (const word of words) {
    const number = numberOf(word)
    if (number === null && !/^-?\d+$/.test(word))
      return {
        message: `${written} cannot be ${inQuotes(text)}: the kernel accepts ${fits}`,
        hint: `write ${fits}`,
      }
    // A check compares the written value with the one that the kernel shows.
    if (number === null || String(number) !== word) {
      const plain = number ?? Number(word)
      if (Number.isSafeInteger(plain))
        return {
          message: `the kernel shows ${inQuotes(word)} of ${written} as ${plain}`,
          hint: `write ${plain}`,
        }
    }
    if (number !== null && (number < takes.low || number > takes.high))
      return { message: `${written} cannot be ${word}: the kernel accepts ${fits}`, hint: `write ${fits}` }
  }
  if (words.length === takes.count) return null
  return {
    message: `${written} has ${counted(words.length)}, but the kernel expects ${counted(takes.count)}`,
    hint: takes.count === 1 ? `write ${fits}` : `write ${takes.count} numbers separated by spaces`,
  }
}

const counted = (number: number): string => `${number} number${number === 1 ? '' : 's'}`

function rangeOf({ count, low, high }: SysctlNumbers): string {
  const range = [
    ...(low === -Infinity ? [] : [`from ${low}`]),
    ...(high === Infinity ? [] : [`to ${high}`]),
  ].join(' ')
  // The range of a 32-bit number is not helpful.
  const isWide = low <= -2_147_483_648 && high >= 2_147_483_647
  const numbers = count === 1 ? 'a number' : `${count} numbers`
  return range === '' || isWide ? numbers : `${numbers} ${range}`
}
