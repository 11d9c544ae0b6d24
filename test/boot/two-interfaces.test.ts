import { expect, it } from 'vitest'
import { machineBootFiles } from '../../src/boot/index.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { networkConfig } from '../../src/seeds/network-config.ts'
import { kickstart } from '../../src/installers/kickstart.ts'
import { noKernelArguments, testCluster } from '../example.ts'
import { good, printed } from '../profile/mistakes.ts'

it('a machine with two network interfaces is found by either, and only the first gets the address', async () => {
  const loaded = parseProfile(good, 'profile.yaml')
  expect(printed(loaded)).toBe('')
  const cluster = await testCluster(loaded.profile!)
  const machine = cluster.machines.find(({ macs }) => macs.length > 1)!
  expect(machine.macs).toEqual(['52-54-00-aa-bb-06', '52-54-00-aa-cc-06'])
  const files = machineBootFiles(cluster, machine, [])
  const scripts = new Map(files.map(({ path, body }) => [path, body.toString('utf8')]))
  expect([...scripts.keys()]).toEqual([
    'ipxe/52-54-00-aa-bb-06',
    'pxelinux.cfg/01-52-54-00-aa-bb-06',
    'grub/grub.cfg-01-52-54-00-aa-bb-06',
    'ipxe/52-54-00-aa-cc-06',
    'pxelinux.cfg/01-52-54-00-aa-cc-06',
    'grub/grub.cfg-01-52-54-00-aa-cc-06',
  ])
  expect(scripts.get('ipxe/52-54-00-aa-cc-06')).toContain('/kickstart/52-54-00-aa-bb-06.ks')
  const answers = kickstart.answers.write(cluster, machine, noKernelArguments)
  for (const text of [answers, JSON.stringify(networkConfig(cluster, machine))]) {
    expect(text).toContain('52:54:00:aa:bb:06')
    expect(text).not.toContain('52:54:00:aa:cc:06')
  }
})
