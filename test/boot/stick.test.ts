import { expect, it } from 'vitest'
import { ipxeRetryScript, ipxeStickScript } from '../../src/boot/ipxe.ts'
import { exampleCluster } from '../example.ts'
import {
  bondedAddresses,
  bondedRack,
  networkCluster,
  networkProfile,
  rocky9,
  ubuntu2404,
} from '../network-profile.ts'

/** Without the comment that says where it is. */
const body = (script: string): string => script.replace(/^#!ipxe\n(?:#.*\n)+/, '')

it('virtual media asks for the boot script like the script in TFTP', () => {
  const cluster = exampleCluster()
  const script = ipxeStickScript(cluster, { fixed: [], firstDisk: null })
  expect(body(script)).toBe(body(ipxeRetryScript(cluster)))
  expect(script).toContain('for a USB stick or virtual media')
})

it("a stick sets each machine's address on the cards that can have it, and starts the second disk", async () => {
  const cluster = networkCluster(networkProfile(rocky9, bondedRack, { address: bondedAddresses }))
  const script = ipxeStickScript(cluster, { fixed: cluster.machines.slice(0, 2), firstDisk: '0x81' })
  await expect(script).toMatchFileSnapshot('../fixtures/boot/expected/stick.ipxe')
})

it('a machine whose address is in a VLAN asks DHCP', () => {
  const cluster = networkCluster(
    networkProfile(
      ubuntu2404,
      'vlans: {v10: {id: 10, link: card0}}\nbridges: {br0: {interfaces: [v10]}}',
    ).replace('address: 10.1.0.12', 'address: 10.1.0.12\n    network: {interface: br0}'),
  )
  const second = cluster.machines.filter(({ name }) => name === 'control-2')
  const fixed = ipxeStickScript(cluster, { fixed: second, firstDisk: null })
  expect(fixed).toBe(ipxeStickScript(cluster, { fixed: [], firstDisk: null }))
})
