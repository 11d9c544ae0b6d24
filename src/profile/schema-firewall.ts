import { z } from 'zod'
import { roles, text } from './schema-parts.ts'

const OpenPort = z
  .strictObject({
    name: text('What it is for: lower case letters, digits and dashes.', 'node-exporter').optional(),
    protocol: z.enum(['tcp', 'udp', 'sctp']).meta({ description: 'Default: tcp.' }).optional(),
    ports: z
      .union([z.int(), z.string().min(1), z.array(z.union([z.int(), z.string().min(1)])).min(1)])
      .meta({ description: 'A port, a range (8000-8010), or a list of both.', examples: [9100] }),
    sources: z
      .array(text('Address or network.', '10.10.10.0/24'))
      .min(1)
      .meta({ description: 'Who may use it: addresses and networks. Default: everybody.' })
      .optional(),
    roles: z
      .array(z.enum(roles))
      .min(1)
      .meta({ description: 'Machines of these roles have it. Default: all machines.' })
      .optional(),
    machines: z
      .array(text('Name of a machine.', 'worker-1'))
      .min(1)
      .meta({ description: 'These machines have it, beside those of roles.' })
      .optional(),
  })
  .meta({ description: 'Ports of one kind.' })

/** The firewall as a whole: on or off, or with ports of the user's own. */
export const Firewall = z
  .union([
    z.boolean(),
    z.strictObject({
      enabled: z
        .boolean()
        .meta({ description: 'Close every port that no component needs. Default: true.' })
        .optional(),
      ports: z
        .array(z.union([z.int(), z.string().min(1), OpenPort]))
        .min(1)
        .meta({
          description:
            'Ports to open beside those of the components: PORT/PROTOCOL (tcp where none is said), or a mapping with more about them.',
          examples: ['7946/tcp'],
        })
        .optional(),
    }),
  ])
  .meta({
    description:
      'true closes every port that no component needs, false leaves all open; a mapping opens more. Default: true.',
  })

export type Firewall = z.infer<typeof Firewall>
export type FirewallPort = NonNullable<Exclude<Firewall, boolean>['ports']>[number]
