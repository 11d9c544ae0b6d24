import * as fc from 'fast-check'
import { bondModes, transmitHashPolicies } from '../../src/profile/schema-layout.ts'

/*
 * Random networks of a machine with four cards, as people might write them below `network`. Some have mistakes: tests ask `check` first.
 */

const cards = ['card0', 'card1', 'card2', 'card3']
const mtu = fc.option(fc.constantFrom(1450, 1500, 9000), { nil: undefined })

const bond = fc.record(
  {
    interfaces: fc.subarray(cards, { minLength: 1 }),
    mode: fc.constantFrom(...bondModes),
    lacpRate: fc.option(fc.constantFrom('slow', 'fast'), { nil: undefined, freq: 3 }),
    transmitHashPolicy: fc.option(fc.constantFrom(...transmitHashPolicies), { nil: undefined, freq: 3 }),
    miiMonitorInterval: fc.option(fc.integer({ min: 10, max: 1000 }), { nil: undefined }),
    mtu,
  },
  { requiredKeys: ['interfaces', 'mode'] },
)

const links = ['bond0', ...cards]
const vlan = fc.record(
  { id: fc.integer({ min: 1, max: 4094 }), link: fc.constantFrom(...links), mtu },
  { requiredKeys: ['id', 'link'] },
)
const interfaces = ['v1', 'v2', 'br0', ...links]

const additional = (number: number) =>
  fc.record(
    {
      subnet: fc.constant(`10.2.${number}.0/24`),
      subnet6: fc.option(fc.constant(`fd00:2:${number}::/64`), { nil: undefined }),
      interface: fc.constantFrom(...interfaces),
      mtu,
      dhcp: fc.option(fc.boolean(), { nil: undefined, freq: 2 }),
      gateway: fc.option(fc.constant(`10.2.${number}.1`), { nil: undefined }),
      metric: fc.option(fc.integer({ min: 1, max: 2000 }), { nil: undefined }),
      table: fc.option(fc.integer({ min: 100, max: 200 }), { nil: undefined }),
      nameServers: fc.option(fc.constant([`10.2.${number}.1`]), { nil: undefined }),
      routes: fc.option(fc.constant([{ to: `10.9.${number}.0/24`, via: `10.2.${number}.1` }]), {
        nil: undefined,
      }),
    },
    { requiredKeys: ['subnet', 'interface'] },
  )

/** Lists of all that may stand below `network`; keys without a value are left out. */
export const anyNetwork = fc
  .record({
    interface: fc.constantFrom(...interfaces),
    mtu,
    bonds: fc.option(fc.record({ bond0: bond }), { nil: undefined, freq: 5 }),
    vlans: fc.option(fc.record({ v1: vlan, v2: vlan }), { nil: undefined }),
    bridges: fc.option(
      fc.record({
        br0: fc.record({ interfaces: fc.subarray([...links, 'v1'], { minLength: 1, maxLength: 2 }) }),
      }),
      { nil: undefined },
    ),
    additional: fc.option(fc.record({ one: additional(1), two: additional(2) }), { nil: undefined, freq: 4 }),
  })
  .map((network) => JSON.parse(JSON.stringify(network)) as Record<string, unknown>)
