import { Encrypter } from 'age-encryption'
import { type Diagnostic, error, type Path, warning } from '../../diagnostics/diagnostic.ts'
import { defaults } from '../defaults.ts'
import type { Profile } from '../schema.ts'
import {
  deliveryOf,
  deliveryPortOf,
  type SecretDelivery,
  serverPort,
  systemsInMemory,
  usualDeliveryPortOf,
} from '../secret-delivery.ts'
import { systemsOf } from '../systems.ts'
import { onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'

/** Settings of the secrets bundle. */
export const secretsRules: Rule = ({ profile }) => {
  const { secrets } = profile
  const diagnostics = checkDelivery(profile)
  if (!secrets) return diagnostics
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
  const { delivery, deliveryPort } = profile.secrets ?? {}
  if (deliveryOf(profile) === 'inline')
    return [
      ...(delivery === undefined ? inlineByDefault(profile) : []),
      ...(deliveryPort === undefined ? [] : [portWithoutUse(delivery)]),
    ]
  return [...machinesThatForget(profile), ...checkDeliveryPort(profile)]
}

/** Reports a default that is less safe than elsewhere, unless the profile sets it. */
function inlineByDefault(profile: Profile): Diagnostic[] {
  const inMemory = systemsInMemory(profile)
  const whose = inMemory.length < systemsOf(profile).length ? 'the seeds of all machines' : 'the seeds'
  return onEach(profile, systemsOf(profile), (system) =>
    inMemory.includes(system)
      ? [
          warning(
            'secrets/inline-by-default',
            `machines that run from memory cannot enrol, so ${whose} contain the secrets in clear text: while a machine is armed, anyone who can reach the server can read them`,
            {
              hint: 'install the machines to their disks, or write secrets: {delivery: inline} if this is meant',
              path: system.choice.install?.path ?? system.choice.path,
            },
          ),
        ]
      : [],
  )
}

const portWithoutUse = (delivery: SecretDelivery | undefined): Diagnostic =>
  warning('secrets/delivery-port', 'deliveryPort has no effect: secrets are in the seeds', {
    // Without `delivery`, they are there because machines cannot enrol.
    hint: delivery === undefined ? 'remove it' : 'write delivery: enrolled, or remove deliveryPort',
    path: ['secrets', 'deliveryPort'],
  })

function machinesThatForget(profile: Profile): Diagnostic[] {
  const inMemory = systemsInMemory(profile)
  return onEach(profile, systemsOf(profile), (system) =>
    inMemory.includes(system)
      ? [
          error(
            'secrets/delivery-live',
            'machines that run from memory cannot enrol: they would present a different key at each boot',
            {
              hint: 'write delivery: inline, or install the machines to their disks',
              path: ['secrets', 'delivery'],
              related: [{ path: system.choice.path, message: `installed by ${system.install ?? ''}` }],
            },
          ),
        ]
      : [],
  )
}

/** Only a port that the profile sets can be that of the server. */
function checkDeliveryPort(profile: Profile): Diagnostic[] {
  const port = deliveryPortOf(profile)
  if (port !== serverPort(profile.server)) return []
  return [
    error('secrets/delivery-port', `port ${port} is that of server, which does not speak TLS with machines`, {
      hint: `write deliveryPort: ${usualDeliveryPortOf(profile).value}`,
      path: ['secrets', 'deliveryPort'],
      related: [{ path: ['server'], message: 'used here' }],
    }),
  ]
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
        hint: 'it begins with age1; age-keygen -y FILE prints that of a key file',
        path,
      }),
    ]
  }
}
