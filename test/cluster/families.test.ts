import * as fc from 'fast-check'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { memberAddresses, nodeAddresses } from '../../src/cluster/families.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { components } from '../../src/components/index.ts'
import { contains, parseAddress, parseNetwork } from '../../src/network/addresses.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { Profile } from '../../src/profile/schema.ts'
import { isIPv6 } from '../../src/text/address-family.ts'
import { testSecrets } from '../example.ts'
import { dualStackWith } from '../dual-stack-profile.ts'

/** Networks as people may write them for pods and services; some with mistakes, of which `check` is asked first. */
const either = (networks4: string[], networks6: string[]) =>
  fc.record({ 4: fc.constantFrom(...networks4), 6: fc.constantFrom(...networks6) })

const families = fc.constantFrom<(4 | 6)[]>([4, 6], [4, 6], [6, 4], [6], [4], [4, 4])

const rack = fc
  .record({
    families,
    // Now and then services have others.
    others: fc.option(families, { freq: 5, nil: null }),
    pods: either(
      ['10.244.0.0/16', '10.64.0.0/20', '192.168.0.0/30'],
      ['fd00:10:244::/56', '2001:db8::/48', 'fd00:10:244::/63'],
    ),
    services: either(['10.96.0.0/16', '172.20.0.0/24'], ['fd00:10:96::/112', 'fd00:10:244::/108']),
    subnet6: fc.constantFrom('fd00:10:1::/64', 'fd00:10:1::/96', 'fd00:10:1::/112', null),
    named: fc.boolean(),
    plugin: fc.constantFrom('other', 'calico', 'cilium', 'flannel'),
  })
  .map(({ families: own, others, pods, services, ...rest }) => ({
    ...rest,
    pods: own.map((family) => pods[family]),
    services: (others ?? own).map((family) => services[family]),
  }))

describe('clusters of any families that check accepts', () => {
  it('have an address of each family for each node, and networks of the same families', () => {
    let accepted = 0
    fc.assert(
      fc.property(rack, ({ pods, services, subnet6, named, plugin }) => {
        const lines = subnet6 === null ? '' : `  subnet6: ${subnet6}\n  gateway6: fd00:10:1::1\n`
        const text = dualStackWith(
          ['  subnet6: fd00:10:1::/64\n  gateway6: fd00:10:1::1\n', lines],
          ['[10.244.0.0/16, "fd00:10:244::/56"]', JSON.stringify(pods)],
          ['[10.96.0.0/16, "fd00:10:96::/112"]', JSON.stringify(services)],
          ['{name: other}', `{name: ${plugin}}`],
        ).replaceAll(named && subnet6 !== null ? 'never' : /, addresses: \["[^"]*"\]/g, '')
        if (parseProfile(text, 'profile.yaml').diagnostics.some(({ severity }) => severity === 'error'))
          return
        accepted += 1
        const cluster = resolve(Profile.parse(parse(text)), new Map(), testSecrets)
        const { podNetworks, serviceNetworks } = cluster.kubernetes
        expect(serviceNetworks.map(isIPv6)).toEqual(podNetworks.map(isIPv6))
        const seen = new Set<string>()
        for (const machine of cluster.machines) {
          const addresses = nodeAddresses(cluster, machine)
          expect(addresses.map(isIPv6)).toEqual(podNetworks.map(isIPv6))
          for (const address of memberAddresses(cluster, machine)) {
            const { subnet, subnet6: own6 } = cluster.network.subnets[0]!
            expect(contains(parseNetwork(isIPv6(address) ? own6! : subnet)!, parseAddress(address)!)).toBe(
              true,
            )
            expect(seen.has(address)).toBe(false)
            seen.add(address)
          }
          expect(assemble(components, cluster, machine).files.length).toBeGreaterThan(5)
        }
      }),
      { numRuns: 100 },
    )
    expect(accepted).toBeGreaterThan(3)
  })
})
