import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { Layout } from './schema-layout.ts'
import { address, text } from './schema-parts.ts'
import { TimeServers } from './schema-time.ts'

export const Subnet = z
  .strictObject({
    subnet: text('The network.', '10.10.16.0/24'),
    gateway: address('Its router, which knows the other subnets.', '10.10.16.1'),
    subnet6: text('IPv6 network of the same machines.', 'fd00:10:16::/64').optional(),
    gateway6: address('Its router: an address in subnet6, or a link-local one.', 'fd00:10:16::1').optional(),
  })
  .meta({ description: 'A further subnet of machines, e.g. of another rack.' })

export const Network = z
  .strictObject({
    subnet: text('The network of the machines.', '10.10.10.0/24'),
    subnet6: text(
      `IPv6 network of the machines: for virtual addresses, and for nodes whose pods have IPv6. ${byDefault('subnet6')}`,
      'fd00:10:10::/64',
    ).optional(),
    gateway: address('Default route.', '10.10.10.1'),
    gateway6: address(
      'IPv6 default gateway: an address in subnet6, or a link-local one.',
      'fd00:10:10::1',
    ).optional(),
    subnets: z
      .array(Subnet)
      .min(1)
      .meta({
        description: 'Further subnets of machines. The address of a machine decides which subnet it is in.',
      })
      .optional(),
    nameServers: z.array(address('Address.', '10.10.10.1')).min(1).meta({ description: 'DNS servers.' }),
    timeServers: TimeServers.optional(),
    searchDomain: text('DNS domain of the machines.', 'example.com').optional(),
    hosts: z
      .enum(['cluster', 'essential'])
      .meta({
        description: `Contents of /etc/hosts. cluster: all machines; essential: virtual addresses, load balancers, control planes and the machine itself. ${byDefault('hosts')}`,
      })
      .optional(),
    installer: text(
      'Name of the additional network that the installer uses. Default: the network of the machines.',
      'provisioning',
    ).optional(),
    ...Layout,
  })
  .meta({ description: 'The network of the machines.' })
