import { z } from 'zod'
import { text } from './schema-parts.ts'

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
      }),
    ]),
  )
  .meta({
    description:
      'Registry mirrors: the address of a mirror for each registry name, or a mapping with url, username and passwordSecret.',
  })
