import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster, exampleNames } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { openNetwork, type NamespacedMachine, type Network } from '../support/namespaces.ts'
import { until } from '../support/processes.ts'
import { assembleBalancer, inStaticPods, ofBothFamilies, scriptsOf } from './balancers.ts'
import { changedCluster } from './host.ts'

const clusters: [string, () => Cluster][] = [
  ...exampleNames.map((name): [string, () => Cluster] => [name, () => exampleCluster(name)]),
  [
    'three load balancers',
    () =>
      changedCluster((profile) => {
        const machine = { role: 'load-balancer', mac: '52:54:00:aa:bb:09', address: '10.10.10.21' } as const
        profile.machines.push({ name: 'third', ...machine })
      }),
  ],
  ['addresses of both families', ofBothFamilies],
  ['static pods', inStaticPods],
  [
    'source address without connection sync',
    () =>
      changedCluster((profile) => {
        profile.loadBalancing!.connectionSync = false
      }),
  ],
]

const needs = {
  root: true,
  linux: true,
  programs: ['haproxy', 'keepalived', 'conntrackd', 'nft', 'shellcheck', 'unshare', 'nsenter', 'setpriv'],
}

describeWith(needs, 'files of load balancers, read by their programs', () => {
  describe.each(clusters)('%s', (_name, cluster) => {
    let network: Network
    const machines: [Machine, NamespacedMachine][] = []

    beforeAll(async () => {
      network = await openNetwork()
      for (const machine of cluster().balancers) {
        const space = await network.machine(machine.name)
        await space.connect({
          name: 'lan0',
          mac: machine.macs[0].replaceAll('-', ':'),
          addresses: [`${machine.address}/24`],
        })
        for (const file of assembleBalancer(cluster(), machine).files)
          await space.put(file.path, textOf(file.content), file.mode)
        await space.ask(['/usr/libexec/hakube/find-interface'])
        machines.push([machine, space])
      }
    })
    afterAll(() => network?.close())

    const has = (machine: Machine, path: string) =>
      assembleBalancer(cluster(), machine).files.some((file) => file.path === path)

    it('haproxy', async () => {
      for (const [, space] of machines)
        expect(await space.run(['haproxy', '-c', '-q', '-f', '/etc/haproxy/haproxy.cfg'])).toEqual({
          status: 0,
          stdout: '',
          stderr: '',
        })
    })

    it('keepalived', async () => {
      for (const [, space] of machines)
        expect(await space.run(['keepalived', '--config-test'])).toEqual({
          status: 0,
          stdout: '',
          stderr: '',
        })
    })

    it('nft, loaded any number of times', async () => {
      for (const [machine, space] of machines) {
        if (!has(machine, '/etc/hakube/source-address.nft')) continue
        await space.ask(['nft', 'add', 'table', 'ip', 'of_others'])
        const load = () => space.ask(['nft', '-f', '/etc/hakube/source-address.nft'])
        const rules = () => space.ask(['nft', 'list', 'ruleset'])
        await load()
        const once = await rules()
        expect(once.match(/^table .*/gm)).toEqual([
          'table ip of_others {',
          'table ip hakube_source_address {',
        ])
        await load()
        expect(await rules()).toBe(once)
      }
    })

    it('conntrackd', async () => {
      for (const [machine, space] of machines) {
        if (!has(machine, '/etc/conntrackd/conntrackd.conf')) continue
        await space.ask(['/usr/libexec/hakube/configure-conntrackd'])
        const running = space.start(['conntrackd', '-C', '/run/hakube/conntrackd.conf'])
        await until(
          'conntrackd is up',
          120,
          () => /initialization completed/.test(running.output()) || null,
          () => running.output(),
        )
        for (const state of ['backup', 'primary', 'fault'])
          await space.ask(['/usr/libexec/keepalived/virtual-address-state', state])
        // Old words of its configuration make it warn.
        expect(running.output()).not.toMatch(/\[(?:warning|ERROR)\]/i)
        await space.ask(['conntrackd', '-C', '/run/hakube/conntrackd.conf', '-k'])
      }
    })

    it('shellcheck', async () => {
      for (const [machine, space] of machines)
        for (const { name, text } of scriptsOf(assembleBalancer(cluster(), machine)))
          expect({ name, ...(await space.run(['shellcheck', '--shell=bash', '-'], text)) }).toEqual({
            name,
            status: 0,
            stdout: '',
            stderr: '',
          })
    })
  })
})
