import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { refusal } from '../../diagnostics/refusal.ts'
import { isOwnName } from '../../text/own-name.ts'

/** @throws Refusal for an invalid name of a secret */
export function assertOwnName(name: string): void {
  if (isOwnName(name)) return
  throw refusal('secrets/own-name', `${inQuotes(name)} is not the name of a secret`, {
    hint: 'use at most 63 lowercase letters, digits and dashes, e.g. registry-token',
  })
}
