/**
 * A word of a GRUB script: between single quotes every character stands for itself, as in a shell
 * (https://www.gnu.org/software/grub/manual/grub/grub.html#Quoting).
 *
 * @throws for control characters: a line break ends a line also where it is quoted
 */
export function grubQuote(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new TypeError('a word of a GRUB script cannot hold a control character')
  if (/^[\w./:@%+=,-]+$/.test(text)) return text
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
