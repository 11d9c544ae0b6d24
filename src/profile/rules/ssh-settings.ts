import type { Path } from '../../diagnostics/diagnostic.ts'
import type { FileText } from './file-texts.ts'

/** sshd_config(5) and its drop-ins. */
export const sshConfiguration = /^\/etc\/ssh\/sshd_config(?:\.d\/[^/]+\.conf)?$/

/** A line that applies to every connection. */
export type SshSetting = {
  /** In lower case; sshd ignores the case of keywords. */
  keyword: string
  written: string
  words: readonly string[]
  file: string
  path: Path
  start: number
  length: number
}

const line = /^[ \t]*(?<written>[A-Za-z]+)(?:[ \t]*=[ \t]*|[ \t]+)(?<value>[^\r\n]*)$/gm

/** The lines of a file up to its first Match: later ones apply to some connections only. */
export function readSshSettings({ file, path, key, text }: FileText): SshSetting[] {
  const matched = /^[ \t]*match[ \t=]/im.exec(text)
  const always = matched ? text.slice(0, matched.index) : text
  return [...always.matchAll(line)].map((match) => {
    const { written = '', value = '' } = match.groups ?? {}
    return {
      keyword: written.toLowerCase(),
      written,
      words: value
        .replace(/(?:^|[ \t])#.*$/, '')
        .replaceAll('"', '')
        .split(/[ \t]+/)
        .filter(Boolean),
      file: file.path,
      path: [...path, key],
      start: match.index + match[0].indexOf(written),
      length: match[0].trim().length,
    }
  })
}

/** Whether only the machine itself can reach an address of ListenAddress. */
export const isShut = (address: string): boolean =>
  /^(?:127\.[\d.]+(?::\d+)?|\[?::1(?:\]:\d+)?\]?|localhost(?::\d+)?)$/i.test(address)

/** `*` and `?` as in PATTERNS of ssh_config(5). */
const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, (each) => (each === '*' ? '.*' : each === '?' ? '.' : `\\${each}`))}$`,
  )

/**
 * Whether a list contains one of a user's names.
 *
 * @param hosts the result for `user@host` entries, which apply to connections from some hosts
 */
export function sshPattern(items: readonly string[], names: readonly string[], hosts: boolean): boolean {
  const matches = (item: string): boolean => {
    const [name = '', host] = item.split('@')
    if (host !== undefined && host !== '*' && !hosts) return false
    return names.some((each) => glob(name).test(each))
  }
  return (
    !items.some((item) => item.startsWith('!') && matches(item.slice(1))) &&
    items.some((item) => !item.startsWith('!') && matches(item))
  )
}
