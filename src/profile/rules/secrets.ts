import { Encrypter } from 'age-encryption'
import { type Diagnostic, error, type Path, warning } from '../../diagnostics/diagnostic.ts'
import { defaults } from '../defaults.ts'
import type { Rule } from './rule.ts'

/** Settings of the secrets bundle. */
export const secretsRules: Rule = ({ profile: { secrets } }) => {
  if (!secrets) return []
  const diagnostics: Diagnostic[] = []
  const first = new Map<string, Path>()
  for (const [index, recipient] of (secrets.recipients ?? []).entries()) {
    const path = ['secrets', 'recipients', index]
    diagnostics.push(...checkRecipient(recipient, path))
    const earlier = first.get(recipient)
    if (earlier)
      diagnostics.push(
        error('secrets/duplicate-recipient', 'this public key stands here twice', {
          hint: 'keep one of the two',
          path,
          related: [{ path: earlier, message: 'first used here' }],
        }),
      )
    else first.set(recipient, path)
  }
  const { certificateDays = defaults.certificateDays, warningDays = defaults.warningDays } = secrets
  if (warningDays >= certificateDays)
    diagnostics.push(
      warning(
        'secrets/always-stale',
        `certificates are valid for ${certificateDays} days and stale ${warningDays} days before their end: always`,
        {
          hint: 'write less warningDays, or more certificateDays',
          path: ['secrets', secrets.warningDays === undefined ? 'certificateDays' : 'warningDays'],
        },
      ),
    )
  return diagnostics
}

function checkRecipient(text: string, path: Path): Diagnostic[] {
  if (text.toUpperCase().startsWith('AGE-SECRET-KEY'))
    return [
      error(
        'secrets/key-in-clear',
        'a private key stands here in clear, for everybody who can read the repository',
        {
          hint: 'write the public key: age-keygen -y FILE prints it; make a new private key, this one is known',
          path,
          hidden: true,
        },
      ),
    ]
  try {
    new Encrypter().addRecipient(text)
    return []
  } catch {
    return [
      error('secrets/not-a-recipient', 'this is no age public key', {
        hint: 'it begins with age1; age-keygen -y FILE prints that of a key file',
        path,
      }),
    ]
  }
}
