import { Encrypter } from 'age-encryption'
import { type Diagnostic, error, type Path, warning } from '../../diagnostics/diagnostic.ts'
import { readWebAddress } from '../../text/web-address.ts'
import { installMethodOf } from '../install-method.ts'
import { defaults } from '../defaults.ts'
import type { Profile } from '../schema.ts'
import { systemsOf } from '../systems.ts'
import { onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'

/** Settings of the secrets bundle. */
export const secretsRules: Rule = ({ profile }) => {
  const { secrets } = profile
  if (!secrets) return []
  const diagnostics = checkDelivery(profile)
  const first = new Map<string, Path>()
  for (const [index, recipient] of (secrets.recipients ?? []).entries()) {
    const path = ['secrets', 'recipients', index]
    diagnostics.push(...checkRecipient(recipient, path))
    const earlier = first.get(recipient)
    if (earlier)
      diagnostics.push(
        error('secrets/duplicate-recipient', 'this public key is listed twice', {
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
        `certificates are valid for ${certificateDays} days and stale ${warningDays} days before they expire, so always`,
        {
          hint: 'lower warningDays, or raise certificateDays',
          path: ['secrets', secrets.warningDays === undefined ? 'certificateDays' : 'warningDays'],
        },
      ),
    )
  return diagnostics
}

function checkDelivery(profile: Profile): Diagnostic[] {
  const { server, secrets = {} } = profile
  const { delivery, deliveryPort } = secrets
  if (delivery !== 'enrolled')
    return deliveryPort === undefined
      ? []
      : [
          warning('secrets/delivery-port', 'deliveryPort has no effect: secrets are in the seeds', {
            hint: 'add delivery: enrolled, or remove deliveryPort',
            path: ['secrets', 'deliveryPort'],
          }),
        ]
  const diagnostics = onEach(profile, systemsOf(profile), (system) => {
    const install = installMethodOf(system)
    if (!install || install.keepsDisk) return []
    return [
      error(
        'secrets/delivery-live',
        'machines that run from memory cannot enrol: at each boot they would show another key',
        {
          hint: 'write delivery: inline, or install the machines to their disks',
          path: ['secrets', 'delivery'],
          related: [{ path: system.choice.path, message: `installed by ${install.name}` }],
        },
      ),
    ]
  })
  const url = readWebAddress(server)
  const port = deliveryPort ?? defaults.deliveryPort
  if (url && Number(url.port || (url.protocol === 'https:' ? 443 : 80)) === port)
    diagnostics.push(
      error(
        'secrets/delivery-port',
        `port ${port} is that of server, which does not speak TLS with machines`,
        {
          hint: `write deliveryPort: ${port === 8443 ? 8444 : 8443}`,
          path: ['secrets', deliveryPort === undefined ? 'delivery' : 'deliveryPort'],
          related: [{ path: ['server'], message: 'used here' }],
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
        'a private key is in plain text here, readable by anyone with access to the repository',
        {
          hint: 'write the public key, which age-keygen -y FILE prints; create a new private key, because this one is compromised',
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
      error('secrets/not-a-recipient', 'this is not an age public key', {
        hint: 'it begins with age1; age-keygen -y FILE prints the one of a key file',
        path,
      }),
    ]
  }
}
