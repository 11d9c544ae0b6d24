import type { Machine } from '../cluster/cluster.ts'
import { colonMac } from '../network/mac.ts'

/*
 * A rack of 1,000 machines has only a few different texts; the others differ only in a machine's name and addresses. Programs give the
 * same result for texts of the same shape, so only the first one is checked.
 */

const escapeForPattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

const maskers = new WeakMap<Machine, (text: string) => string>()

/** Replaces a machine's own values (names, address, MAC addresses in every spelling) by a placeholder. */
export function maskMachine(text: string, machine: Machine): string {
  let mask = maskers.get(machine)
  if (!mask) {
    const values = [machine.fullName, machine.name, machine.address]
    for (const mac of machine.macs) values.push(mac, colonMac(mac), mac.replaceAll('-', ''))
    values.sort((one, other) => other.length - one.length)
    // Whole words only: 10.0.0.1 is not a part of 10.0.0.12.
    const pattern = new RegExp(
      String.raw`(?<![\w.-])(?:${values.map(escapeForPattern).join('|')})(?![\w-])`,
      'gi',
    )
    mask = (plain) => plain.replace(pattern, '\u0001')
    maskers.set(machine, mask)
  }
  return mask(text)
}

const contentKey = /^(?:- )?"?content"?: (.*)$/

/**
 * A cloud-config without the contents of its files, which the schema does not check. It works on lines, because parsing the user-data of
 * 1,000 machines would take a minute.
 *
 * A text with control characters is returned unchanged: they may make it invalid YAML, which the program must see.
 */
export function cloudConfigShape(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFFFE\uFFFF]/.test(text)) return text
  const kept: string[] = []
  let at = 0
  let blockIndent = -1
  while (at < text.length) {
    let end = text.indexOf('\n', at)
    if (end === -1) end = text.length
    let start = at
    while (start < end && text.charCodeAt(start) === 32) start += 1
    const indent = start - at
    if (blockIndent === -1 || (start < end && indent <= blockIndent)) {
      blockIndent = -1
      const line = text.slice(at, end)
      const value = contentKey.exec(line.trimStart())?.[1]
      if (value === undefined) kept.push(line)
      else {
        kept.push(`${line.slice(0, line.length - value.length)}…`)
        // In `  - content: |`, the key is indented two further than the line.
        if (/^[|>]/.test(value)) blockIndent = line.trimStart().startsWith('- ') ? indent + 2 : indent
      }
    }
    at = end + 1
  }
  return kept.join('\n')
}
