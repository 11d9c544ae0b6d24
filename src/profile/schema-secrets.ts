import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { port, text } from './schema-parts.ts'

export const SecretsSection = z
  .strictObject({
    recipients: z
      .array(text('age public key, as age-keygen prints it.', 'age1…'))
      .min(1)
      .meta({
        description: 'age public keys of the people and programs that can decrypt the secrets bundle.',
      })
      .optional(),
    keyBits: z
      .literal([2048, 3072, 4096])
      .meta({ description: `Size of new RSA keys: 2048, 3072 or 4096. ${byDefault('keyBits')}` })
      .optional(),
    certificateDays: z
      .int()
      .min(1)
      .max(3650)
      .meta({
        description: `Validity of machine certificates in days. ${byDefault('certificateDays')}`,
      })
      .optional(),
    warningDays: z
      .int()
      .min(0)
      .max(3650)
      .meta({
        description: `check reports, and sync reissues, certificates that expire within this many days. ${byDefault('warningDays')}`,
      })
      .optional(),
    delivery: z
      .enum(['inline', 'enrolled'])
      .meta({
        description:
          'How machines get their secrets. enrolled: each machine generates a key, presents it to `hakube serve`, and fetches its secrets over mutual TLS. inline: in their seeds, in clear text, which anyone in the install network can read while the machine is armed. ' +
          byDefault('secretDelivery'),
      })
      .optional(),
    deliveryPort: port(
      `With delivery: enrolled, the TCP port of \`hakube serve\` for TLS, at the host of server. ${byDefault('deliveryPort')}`,
    ).optional(),
  })
  .meta({
    description:
      'The encrypted secrets bundle beside the profile, and how machines get their secrets from it.',
  })
