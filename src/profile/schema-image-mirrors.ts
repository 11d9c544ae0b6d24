import { z } from 'zod'
import { text } from './schema-parts.ts'
import { certificates } from './schema-trust.ts'

export const ImageMirrors = z
  .record(
    z.string(),
    z.union([
      z.string(),
      z.strictObject({
        url: text('Address of the mirror, or of the registry itself.', 'https://registry.example.com'),
        username: text('User to log in with.', 'pull').optional(),
        passwordSecret: text(
          'Name of the secret of your own with the password (hakube secrets set).',
          'registry-password',
        ).optional(),
        ca: certificates(
          'Certificates of CAs that the container runtime trusts at this address only, with either content or source.',
        ).optional(),
      }),
    ]),
  )
  .meta({
    description:
      'Registry mirrors: the address of a mirror for each registry name, or a mapping with url, username, passwordSecret and ca.',
  })
