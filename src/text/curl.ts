/**
 * Quotes a value for a configuration file of curl, where a backslash escapes a quotation mark and itself (curl(1), --config).
 *
 * @throws for control characters
 */
export function quoteCurl(value: string): string {
  if (/\p{Cc}/u.test(value)) throw new TypeError('a configuration of curl cannot hold a control character')
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
