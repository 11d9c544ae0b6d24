import { editDistance } from '../../diagnostics/suggest.ts'

/** Console drivers, and the options of a serial console: speed, parity, bits and flow control. */
const console =
  /^(?:tty(?!s\d)(?:[A-Za-z]+\d+|\d*)|hvc\d+|hvsi\d+|xvc\d+|sclp_line\d+|ttysclp\d+|lp\d+|ttynull)(?:,\d+(?:[noe](?:[5-8]r?)?)?)?$/

/** Speeds of the kernel's termios (Documentation/admin-guide/serial-console.rst; B1200 to B4000000 of asm-generic/termbits.h). */
const speeds = [
  1200, 1800, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 500_000, 576_000, 921_600,
  1_000_000, 1_152_000, 1_500_000, 2_000_000, 2_500_000, 3_000_000, 3_500_000, 4_000_000,
]

/** The problem of the speed of a text that otherwise looks like a console. */
function speedProblem(text: string): string | null {
  const [, name = '', digits, options = ''] = /^([^,]+),(\d+)(.*)$/.exec(text) ?? []
  if (digits === undefined) return null
  if (/^tty\d*$/.test(name)) return `write ${name}: a virtual terminal has no speed`
  if (speeds.includes(Number(digits)) && !digits.startsWith('0')) return null
  const near = speeds.find((speed) => editDistance(digits, String(speed)) === 1)
  return near === undefined
    ? `write a speed that serial ports have, e.g. ${name},115200${options}`
    : `write ${name},${near}${options}`
}

const general = 'use the syntax of the kernel, e.g. ttyS0,115200'

/**
 * @param text as in the kernel argument `console=`
 * @returns what to write instead; null for a valid console
 */
export function consoleProblem(text: string): string | null {
  if (console.test(text)) return speedProblem(text)
  const plain = text.trim()
  // Words that YAML 1.1 reads as booleans, unlike YAML 1.2.
  if (/^(?:no|n|off|false|none|null|0|disabled?)$/i.test(plain))
    return 'remove console: by default there is none'
  if (/^(?:y|yes|on|true|1|serial|enabled?)$/i.test(plain))
    return 'write the name of the serial port and its speed, e.g. ttyS0,115200'
  const [, port = '', options = ''] = /^com(\d)(.*)$/i.exec(plain) ?? []
  const named = port === '' ? plain : `ttyS${Math.max(0, Number(port) - 1)}${options}`
  const near = named
    .replace(/^console=/, '')
    .replace(/^\/?dev\//, '')
    .replace(/^ttys(?=\d)/i, 'ttyS')
    .replace(/^tty s(?=\d)/i, 'ttyS')
    .replace(/[\s:@;]+(?=\d)/, ',')
  if (console.test(near)) return `write ${near}`
  return /^\d{4,}$/.test(plain) ? `write ttyS0,${plain}` : general
}
