import { refusal } from '../../diagnostics/refusal.ts'
import { isRecipient } from '../../secrets/age.ts'
import type { SecretPolicy } from '../../secrets/policy.ts'
import { type Context, exit } from '../context.ts'
import { count } from '../../text/count.ts'
import type { ResolvedProfile } from '../../pipeline/resolved.ts'
import { changeExisting, withProfile } from './bundle.ts'

/**
 * The recipients of a new bundle: those of the profile, or else those of the command line.
 *
 * @throws Refusal if there are none, or the two differ
 */
export function chooseRecipients(given: readonly string[], { recipients }: SecretPolicy): readonly string[] {
  for (const text of given) assertRecipient(text)
  if (!recipients) {
    if (given.length > 0) return [...new Set(given)]
    throw refusal('secrets/no-recipients', 'no recipients for the bundle were given', {
      hint: 'create a key with age-keygen -o FILE, and use its public key with --recipient age1…, or in the profile in secrets.recipients',
    })
  }
  for (const text of given) {
    if (!recipients.includes(text))
      throw refusal('secrets/recipients', `the profile does not list ${text} in secrets.recipients`, {
        hint: 'add it there; if the profile lists recipients, the list must be complete',
      })
  }
  return recipients
}

/** @throws Refusal for what is not a recipient */
export function assertRecipient(text: string): void {
  if (isRecipient(text)) return
  // A user who confuses the two has already shown the secret key on a terminal; the message must not repeat it.
  if (text.toUpperCase().startsWith('AGE-SECRET-KEY'))
    throw refusal('secrets/recipient', 'that is a secret key instead of a public key', {
      hint: 'age-keygen -y FILE prints the public key (age1…) of a key file; treat this secret key as compromised',
    })
  if (/^(?:age1[a-z]+1|ssh-)/.test(text))
    throw refusal(
      'secrets/recipient',
      `${text} is a key type that only the age program or one of its plugins supports`,
      {
        hint: 'hakube supports only keys of age-keygen: create one with age-keygen -o FILE',
      },
    )
  throw refusal('secrets/recipient', `${text} is not an age public key`, {
    hint: 'it begins with age1; age-keygen -y FILE prints that of a key file',
  })
}

/** Encrypts the bundle to the recipients that `next` derives from the current ones and the second parameter. */
export const changeRecipients = (
  context: Context,
  next: (has: readonly string[], recipient: string, file: string) => readonly string[],
): Promise<number> =>
  withProfile(context, async (resolved) => {
    const recipient = context.parameters[1] ?? ''
    const { file } = resolved
    let done = ''
    await changeExisting(context, resolved, async (bundle) => {
      const recipients = next(bundle.recipients, recipient, file)
      if (recipients === bundle.recipients) {
        done = `${file}: nothing to do, it is already encrypted to ${recipient}\n`
        return null
      }
      done = `${file}: encrypted to ${count(recipients.length, 'recipient')} now\n${advice(recipients, bundle.recipients, resolved)}`
      return { ...bundle, recipients }
    })
    context.stderr.write(done)
    return exit.success
  })

function advice(
  now: readonly string[],
  before: readonly string[],
  { wanted, loaded }: ResolvedProfile,
): string {
  const lines: string[] = []
  const listed = wanted.policy.recipients
  if (listed && (now.length !== listed.length || now.some((each) => !listed.includes(each))))
    lines.push(`also change secrets.recipients in ${loaded.file}: the next sync uses that list`)
  if (now.length < before.length)
    lines.push(
      'the removed recipient can still read what was committed before: rotate those secrets ' +
        '(hakube secrets rotate --help)',
    )
  return lines.map((line) => `hakube: ${line}\n`).join('')
}
