import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { address, text } from './schema-parts.ts'

/*
 * The network of machines in netplan's terms (https://netplan.readthedocs.io/en/stable/netplan-yaml/), which users know from cloud-init's
 * network-config. Names are spelled like other fields of the profile: `transmitHashPolicy` for `transmit-hash-policy`.
 */

/** https://docs.kernel.org/networking/bonding.html, mode */
export const bondModes = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const
export type BondMode = (typeof bondModes)[number]

export const transmitHashPolicies = ['layer2', 'layer2+3', 'layer3+4', 'encap2+3', 'encap3+4'] as const

/** IPv6 needs 1280 (RFC 8200); 9216 is the maximum of network cards and switches. */
const mtu = (description: string) =>
  z
    .int()
    .min(1280)
    .max(9216)
    .meta({ description, examples: [9000] })

const names = (description: string, ...examples: string[]) =>
  z.array(text('Name of an interface.', 'card0')).min(1).meta({ description, examples })

const Ethernet = z
  .strictObject({ mtu: mtu('MTU of the card. Default: that of the network on it.').optional() })
  .meta({ description: 'A physical network interface, named card0, card1, … in the order of `mac`.' })

const Bond = z
  .strictObject({
    interfaces: names('Members. The installer uses the first one.').optional(),
    mode: z.enum(bondModes).meta({ description: 'Mode of the bond.' }).optional(),
    lacpRate: z
      .enum(['slow', 'fast'])
      .meta({ description: `802.3ad: how often the switch sends LACP packets. ${byDefault('lacpRate')}` })
      .optional(),
    transmitHashPolicy: z
      .enum(transmitHashPolicies)
      .meta({ description: `What decides which member sends a packet. ${byDefault('transmitHashPolicy')}` })
      .optional(),
    miiMonitorInterval: z
      .int()
      .min(10)
      .max(10_000)
      .meta({
        description: `How often the link of each member is checked, in milliseconds. ${byDefault('miiMonitorInterval')}`,
      })
      .optional(),
    primary: text(
      'Preferred member of the modes active-backup, balance-tlb and balance-alb.',
      'card0',
    ).optional(),
    minLinks: z
      .int()
      .min(1)
      .max(16)
      .meta({ description: `802.3ad: minimum number of members with a link. ${byDefault('minLinks')}` })
      .optional(),
    mtu: mtu('MTU of the bond and its members. Default: the largest that something on it needs.').optional(),
  })
  .meta({ description: 'Several network interfaces combined into one.' })

const Vlan = z
  .strictObject({
    id: z
      .int()
      .min(1)
      .max(4094)
      .meta({ description: 'VLAN ID.', examples: [20] })
      .optional(),
    link: text('Interface that carries the VLAN.', 'bond0').optional(),
    mtu: mtu('MTU of the VLAN. Default: that of the network on it, or of its link.').optional(),
  })
  .meta({ description: 'A tagged VLAN on a physical interface, a bond or a bridge.' })

const Bridge = z
  .strictObject({
    interfaces: names('Members.', 'card1').optional(),
    stp: z
      .boolean()
      .meta({ description: `Spanning tree protocol. ${byDefault('spanningTree')}` })
      .optional(),
    mtu: mtu('MTU of the bridge and its members.').optional(),
  })
  .meta({ description: 'A bridge, e.g. for virtual machines.' })

const table = (description: string) =>
  z
    .int()
    .min(1)
    .max(4_294_967_295)
    .meta({ description, examples: [100] })

const metric = (description: string) => z.int().min(0).max(4_294_967_295).meta({ description })

const Route = z
  .strictObject({
    to: text('Network, or default.', '10.9.0.0/16'),
    via: address('Address of the router.', '10.2.0.1'),
    metric: metric('Of several routes, the one with the lowest metric is used.').optional(),
    table: table('Routing table. Default: the main one.').optional(),
  })
  .meta({ description: 'A route.' })

const RoutingRule = z
  .strictObject({
    from: text('Network of the senders.', '10.2.0.0/24').optional(),
    to: text('Network of the receivers.', '10.9.0.0/16').optional(),
    table: table('Routing table to use.'),
    priority: z
      .int()
      .min(1)
      .max(32_765)
      .meta({
        description: 'Rules are evaluated in this order, before the main table (32766).',
        examples: [100],
      }),
  })
  .meta({ description: 'A routing policy rule: which packets use another routing table.' })

const routes = z.array(Route).meta({ description: 'Static routes.' }).optional()
const routingPolicy = z.array(RoutingRule).meta({ description: 'Routing policy rules.' }).optional()

const AdditionalNetwork = z
  .strictObject({
    subnet: text('IPv4 network.', '10.2.0.0/24').optional(),
    subnet6: text('IPv6 network.', 'fd00:10:2::/64').optional(),
    interface: text(
      'Interface of the machines in this network: card1, or a bond, VLAN or bridge.',
      'card1',
    ).optional(),
    mtu: mtu('MTU. It also applies to what is below the interface.').optional(),
    dhcp: z
      .boolean()
      .meta({
        description:
          'The interface gets its IPv4 address by DHCP, e.g. in a provisioning network. Its routes have the lowest priority.',
      })
      .optional(),
    gateway: address('Router of this network. Needs metric or table.', '10.2.0.1').optional(),
    metric: metric(
      'Default route through this gateway with this metric; that of network.gateway has none (0).',
    ).optional(),
    table: table(
      'Use the gateway only for packets from addresses of this network, e.g. a virtual one, with a separate routing table.',
    ).optional(),
    nameServers: z
      .array(address('Address.', '10.2.0.1'))
      .min(1)
      .meta({ description: 'DNS servers of this network.' })
      .optional(),
    searchDomains: z
      .array(text('Domain.', 'storage.example.com'))
      .min(1)
      .meta({ description: 'Search domains.' })
      .optional(),
    routes,
    routingPolicy,
  })
  .meta({ description: 'A network in addition to that of the nodes.' })

const named = <Item extends z.ZodType>(item: Item, description: string) =>
  z.record(z.string(), item).meta({ description }).optional()

/** Settings for all machines, for a role and for one machine; the narrower wins, interface by interface and field by field. */
export const Layout = {
  interface: text(
    `Interface that has the addresses of the machines: card0 is the first of \`mac\`. ${byDefault('interface')}`,
    'bond0',
  ).optional(),
  mtu: mtu(`MTU of this interface and of what is below it. ${byDefault('mtu')}`).optional(),
  ethernets: named(Ethernet, 'Settings of network cards by name: card0, card1, …'),
  bonds: named(Bond, 'Bonds by name.'),
  vlans: named(Vlan, 'VLANs by name.'),
  bridges: named(Bridge, 'Bridges by name.'),
  additional: named(
    AdditionalNetwork,
    'Further networks by name. A machine is in a network if it has an address in it.',
  ),
  routes,
  routingPolicy,
}

export type ProfileLayout = z.infer<z.ZodObject<typeof Layout, z.core.$strict>>
export type ProfileNetwork = z.infer<typeof AdditionalNetwork>

export const LayoutSettings = z
  .strictObject(Layout)
  .meta({ description: 'Network interfaces. They are merged with those of `network`, by name.' })
  .optional()
