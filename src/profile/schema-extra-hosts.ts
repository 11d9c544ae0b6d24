import { z } from 'zod'
import { address } from './schema-parts.ts'

export const ExtraHosts = z
  .array(
    z.strictObject({
      address: address('Address.', '10.10.10.6'),
      names: z
        .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
        .meta({ description: 'A name, or a list of them.', examples: ['registry.example.com'] }),
    }),
  )
  .min(1)
  .meta({
    description:
      'Additional lines in /etc/hosts on all machines and in their installers, for names that no DNS server has.',
  })
