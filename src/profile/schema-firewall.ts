import { z } from 'zod'
import { byDefault, defaults } from './defaults.ts'
import { roles, text } from './schema-parts.ts'

const OpenPort = z
  .strictObject({
    name: text('What uses the port: lowercase letters, digits and dashes.', 'node-exporter').optional(),
    protocol: z
      .enum(['tcp', 'udp', 'sctp'])
      .meta({ description: byDefault('firewallProtocol') })
      .optional(),
    ports: z
      .union([z.int(), z.string().min(1), z.array(z.union([z.int(), z.string().min(1)])).min(1)])
      .meta({ description: 'A port, a range (8000-8010), or a list of both.', examples: [9100] }),
    sources: z
      .array(text('Address or network.', '10.10.10.0/24'))
      .min(1)
      .meta({ description: `Addresses and networks that may connect. ${byDefault('firewallSources')}` })
      .optional(),
    roles: z
      .array(z.enum(roles))
      .min(1)
      .meta({ description: `Roles whose machines open the ports. ${byDefault('firewallRoles')}` })
      .optional(),
    machines: z
      .array(text('Name of a machine.', 'worker-1'))
      .min(1)
      .meta({ description: 'Machines that open the ports, in addition to those of roles.' })
      .optional(),
  })
  .meta({ description: 'Ports to open, and for whom.' })

/** The firewall: on or off, or with the user's own ports. */
export const Firewall = z
  .union([
    z.boolean(),
    z.strictObject({
      enabled: z
        .boolean()
        .meta({ description: `Block every port that no component needs. ${byDefault('firewall')}` })
        .optional(),
      ports: z
        .array(z.union([z.int(), z.string().min(1), OpenPort]))
        .min(1)
        .meta({
          description: `Ports to open in addition to those of the components: PORT/PROTOCOL (default protocol: ${defaults.firewallProtocol}), or a mapping with sources, roles and machines.`,
          examples: ['7946/tcp'],
        })
        .optional(),
    }),
  ])
  .meta({
    description: `true blocks every port that no component needs; false leaves all ports open; a mapping opens further ports. ${byDefault('firewall')}`,
  })

export type Firewall = z.infer<typeof Firewall>
export type FirewallPort = NonNullable<Exclude<Firewall, boolean>['ports']>[number]
