/**
 * Quotes a value as one word of `ExecStart=` of a systemd unit, so that the program gets it as it is: without it, quotes and backslashes
 * have a meaning (systemd.syntax(7), Quoting), `%` begins a specifier (systemd.unit(5)), and `$` a variable (systemd.service(5),
 * Command lines).
 *
 * @throws for a NUL character, which no word can hold
 */
export function unitWord(value: string): string {
  if (value.includes('\0')) throw new TypeError('a word of a unit cannot contain a NUL character')
  if (/^[A-Za-z0-9_@+=:,./-]+$/.test(value)) return value
  return `"${unitText(value).replaceAll('$', '$$$$')}"`
}

/** As {@link unitWord}, for the program that is started: variables have no meaning in its path. */
export const unitProgram = (path: string): string =>
  /^[A-Za-z0-9_+=:,./-]+$/.test(path) ? path : `"${unitText(path)}"`

const unitText = (value: string): string =>
  value
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('%', '%%')
    .replaceAll(/\p{Cc}/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
