import { isRecipient } from '../../secrets/age.ts'
import type { SecretPolicy } from '../../secrets/policy.ts'
import { secretsError } from '../../secrets/secrets-error.ts'
import { type Command, type Context, exit } from '../context.ts'
import { count } from '../report.ts'
import { changeExisting, type Subject, withSubject } from './subject.ts'

/**
 * Who a new bundle is encrypted to: whom the profile lists, or else whom the command line does.
 *
 * @throws SecretsError when there is nobody, or the two don't agree
 */
export function chooseRecipients(given: readonly string[], { recipients }: SecretPolicy): readonly string[] {
  for (const text of given) assertRecipient(text)
  if (!recipients) {
    if (given.length > 0) return [...new Set(given)]
    throw secretsError('secrets/no-recipients', 'nobody was named who may read the bundle', {
      hint: 'make a key with age-keygen -o FILE, and give its public key: --recipient age1…, or list it in the profile: secrets.recipients',
    })
  }
  for (const text of given) {
    if (!recipients.includes(text))
      throw secretsError('secrets/recipients', `the profile does not list ${text} in secrets.recipients`, {
        hint: 'add it there; where the profile has a list, it is the whole list',
      })
  }
  return recipients
}

function assertRecipient(text: string): void {
  if (isRecipient(text)) return
  // Whoever mixes them up has shown the secret one to a terminal already; not once more.
  if (text.toUpperCase().startsWith('AGE-SECRET-KEY'))
    throw secretsError('secrets/recipient', 'that is a secret key, where a public one belongs', {
      hint: 'age-keygen -y FILE prints the public key (age1…) of a key file; regard this one as seen by others',
    })
  if (/^(?:age1[a-z]+1|ssh-)/.test(text))
    throw secretsError(
      'secrets/recipient',
      `${text} is a key that only the age program or a plugin of it can use`,
      {
        hint: 'hakube encrypts to keys of age-keygen alone: age-keygen -o FILE makes one',
      },
    )
  throw secretsError('secrets/recipient', `${text} is no age public key`, {
    hint: 'it begins with age1; age-keygen -y FILE prints that of a key file',
  })
}

/** `hakube secrets add-recipient PROFILE RECIPIENT` */
export const addRecipient: Command = (context) =>
  change(context, (has, recipient) => {
    assertRecipient(recipient)
    return has.includes(recipient) ? has : [...has, recipient]
  })

/** `hakube secrets remove-recipient PROFILE RECIPIENT` */
export const removeRecipient: Command = (context) =>
  change(context, (has, recipient, file) => {
    if (!has.includes(recipient))
      throw secretsError('secrets/recipient', `${file} is not encrypted to ${recipient}`, {
        hint: `it is encrypted to: ${has.join(', ')}`,
      })
    if (has.length === 1)
      throw secretsError('secrets/recipient', 'without its last recipient nobody could read the bundle', {
        hint: 'add another one first',
      })
    return has.filter((each) => each !== recipient)
  })

const change = (
  context: Context,
  next: (has: readonly string[], recipient: string, file: string) => readonly string[],
): Promise<number> =>
  withSubject(context, async (subject) => {
    const recipient = context.parameters[1] ?? ''
    const { file } = subject
    let done = ''
    await changeExisting(context, subject, async (bundle) => {
      const recipients = next(bundle.recipients, recipient, file)
      if (recipients === bundle.recipients) {
        done = `${file}: nothing to do, it is encrypted to ${recipient} already\n`
        return null
      }
      done = `${file}: encrypted to ${count(recipients.length, 'recipient')} now\n${advice(recipients, bundle.recipients, subject)}`
      return { ...bundle, recipients }
    })
    context.stderr.write(done)
    return exit.good
  })

function advice(now: readonly string[], before: readonly string[], { wanted, loaded }: Subject): string {
  const lines: string[] = []
  const listed = wanted.policy.recipients
  if (listed && (now.length !== listed.length || now.some((each) => !listed.includes(each))))
    lines.push(`change secrets.recipients in ${loaded.file} too: the next sync goes by that list`)
  if (now.length < before.length)
    lines.push(
      'who was removed can still read what was committed before: rotate what must not be known to them ' +
        '(hakube secrets rotate --help)',
    )
  return lines.map((line) => `hakube: ${line}\n`).join('')
}
