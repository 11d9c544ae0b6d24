/**
 * Quotes a value for bash and POSIX sh so that it is one word with exactly this content. Values enter scripts only through this function.
 *
 * @throws for a NUL character, which no shell word can contain
 */
export function quote(value: string | number): string {
  const text = String(value)
  if (text.includes('\0')) throw new TypeError('a shell word cannot contain a NUL character')
  if (text !== '' && /^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Words of a shell script, each quoted and separated by spaces. */
export const quoteAll = (values: readonly (string | number)[]): string =>
  values.map((value) => quote(value)).join(' ')
