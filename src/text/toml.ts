/**
 * A TOML basic string (https://toml.io/en/v1.0.0#string). JSON's escapes are all TOML's too; TOML wants U+007F escaped as well.
 *
 * @throws for a lone surrogate, which no TOML file can contain
 */
export function tomlString(text: string): string {
  if (/\p{Cs}/u.test(text)) throw new TypeError('a TOML string cannot contain a lone surrogate')
  return JSON.stringify(text).replaceAll('\u007F', String.raw`\u007f`)
}
