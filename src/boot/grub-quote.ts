/**
 * Quotes a word of a GRUB script: between single quotes every character is literal, as in a shell
 * (https://www.gnu.org/software/grub/manual/grub/grub.html#Quoting).
 *
 * @throws for control characters: a line break ends the line even inside quotes
 */
export function grubQuote(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new TypeError('a word of a GRUB script cannot hold a control character')
  if (/^[\w./:@%+=,-]+$/.test(text)) return text
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
