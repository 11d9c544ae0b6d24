/**
 * Decodes bytes as text.
 *
 * @returns the text without a byte order mark, or why it is not text
 */
export function decodeText(bytes: Uint8Array): { text: string } | { reason: string } {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { reason: 'it is UTF-16' }
  if (first === 0x1f && second === 0x8b) return { reason: 'it is compressed with gzip' }
  const zero = bytes.indexOf(0)
  if (zero !== -1) return { reason: `byte ${zero} is zero, as in binary files` }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { reason: 'it has bytes that are not UTF-8' }
  }
}

/** The first character that YAML does not allow (https://yaml.org/spec/1.2.2/#51-character-set), or -1. */
export const forbiddenCharacter = (text: string): number =>
  // oxlint-disable-next-line no-control-regex
  text.search(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/)
