import type { Machine } from '../cluster/cluster.ts'
import { colonMac } from '../network/mac.ts'

/*
 * A rack of 1,000 machines has a handful of different texts: the rest differs only in a machine's name and addresses. Two
 * texts with one shape get the same answer from a program, so only the first is read.
 */

const escapeForPattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

const maskers = new WeakMap<Machine, (text: string) => string>()

/** Replaces what is a machine's own (names, address, MACs in every spelling) by a mark. */
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
 * A cloud-config without the content of its files, which the schema does not look at. Works on lines: to parse the user-data
 * of 1,000 machines would take a minute.
 *
 * A text with control characters keeps everything: they may make it no YAML at all, and then the program must see it.
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
        // In `  - content: |` the key stands two further in than the line.
        if (/^[|>]/.test(value)) blockIndent = line.trimStart().startsWith('- ') ? indent + 2 : indent
      }
    }
    at = end + 1
  }
  return kept.join('\n')
}
