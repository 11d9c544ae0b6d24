import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { text } from './schema-parts.ts'

export const Users = z
  .array(
    z.strictObject({
      name: text('Login name.', 'ops'),
      sshKeys: z.array(text('A line of authorized_keys.')).meta({ description: 'Public keys.' }).optional(),
      sudo: z
        .union([z.boolean(), z.literal('password')])
        .meta({
          description: `Whether the user may run any command as root: true: without a password; password: with the user's own password; false: no. ${byDefault('sudo')}`,
        })
        .optional(),
      groups: z
        .array(text('Name of a group.', 'video'))
        .min(1)
        .meta({ description: 'Further groups of the user. Those that do not exist are created.' })
        .optional(),
      uid: z
        .int()
        .meta({ description: `User ID, 1000 to 59999. ${byDefault('uid')}`, examples: [1500] })
        .optional(),
      passwordHash: text(
        `Password hash of crypt(3), as \`mkpasswd -m sha-512\` prints. ${byDefault('passwordHash')}`,
      ).optional(),
    }),
  )
  .min(1)
  .meta({ description: 'Login users. root has neither a password nor a key.' })
