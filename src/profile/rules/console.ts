/** Drivers of consoles and the options of a serial one: speed, parity, bits and flow control. */
const console =
  /^(?:tty(?!s\d)(?:[A-Za-z]+\d+|\d*)|hvc\d+|hvsi\d+|xvc\d+|sclp_line\d+|ttysclp\d+|lp\d+|ttynull)(?:,\d+(?:[noe](?:[5-8]r?)?)?)?$/

const general = 'write it as the kernel does, e.g. ttyS0,115200'

/**
 * @param text as the kernel's argument `console=` takes it
 * @returns what to write instead; null for a console
 */
export function consoleProblem(text: string): string | null {
  if (console.test(text)) return null
  const plain = text.trim()
  // Words, which YAML 1.1 took for truth values and YAML 1.2 does not.
  if (/^(?:no|n|off|false|none|null|0|disabled?)$/i.test(plain))
    return 'leave console out: there is none by default'
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
