/**
 * Quotes a value as one word of `ExecStart=` of a systemd unit, so that the program receives it unchanged. systemd interprets quotes and
 * backslashes (systemd.syntax(7), Quoting), specifiers that begin with `%` (systemd.unit(5)), and variables that begin with `$`
 * (systemd.service(5), Command lines).
 *
 * @throws for a NUL character, which no word can contain
 */
export function unitWord(value: string): string {
  if (value.includes('\0')) throw new TypeError('a word of a unit cannot contain a NUL character')
  if (/^[A-Za-z0-9_@+=:,./-]+$/.test(value)) return value
  return `"${unitText(value).replaceAll('$', '$$$$')}"`
}

/** Quotes the path of the program itself, in which systemd does not expand variables; otherwise as {@link unitWord}. */
export const unitProgram = (path: string): string =>
  /^[A-Za-z0-9_+=:,./-]+$/.test(path) ? path : `"${unitText(path)}"`

const unitText = (value: string): string =>
  value
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('%', '%%')
    .replaceAll(/\p{Cc}/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
