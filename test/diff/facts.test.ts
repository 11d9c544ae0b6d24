import { describe, expect, it } from 'vitest'
import { factChanges } from '../../src/diff/impact.ts'
import { itemsOf, sideOf } from '../../src/diff/side.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster, machineOf } from '../components/host.ts'
import { withoutNumbers } from '../support/shared-text.ts'
import { type Change, kubernetes, nothingChanged, settings } from './change.ts'

const balancer = 'sample-haproxy-001'
const first = 'sample-kube-master-001'
const second = 'sample-kube-master-002'
const worker = 'sample-kube-worker-001'

const ofMachine =
  (name: string, given: Partial<Profile['machines'][number]>): Change =>
  ({ machines }) =>
    Object.assign(
      machines.find((machine) => machine.name === name)!,
      given,
    )

const debian = (install?: 'preseed' | 'live'): Change =>
  settings({ distribution: { name: 'debian', version: '12', ...(install && { install }) } })

/** What is another fact about the machines after a change, in lines. */
function changes(change: Change, from: Change = nothingChanged, names = [balancer, first, worker]): string[] {
  const before = changedCluster(from)
  const after = changedCluster((profile) => {
    from(profile)
    change(profile)
  })
  return names.flatMap((name) =>
    factChanges(sideOf(before, machineOf(before, name)), sideOf(after, machineOf(after, name))).map(
      (fact) =>
        `${name}: ${fact.name}: ${fact.before} → ${fact.after}: ${fact.takes.level}${fact.takes.byHand ? ' by hand' : ''} (${fact.takes.reason})`,
    ),
  )
}

describe('facts about machines that no file shows', () => {
  it('are reported with the old value, the new value, and what that requires', async () => {
    const cases: Record<string, [Change, Change?, string[]?]> = {
      'another role': [ofMachine(worker, { role: 'load-balancer' })],
      'another install method': [debian('live'), debian('preseed')],
      'another distribution on a machine in memory': [
        settings({ distribution: { name: 'debian', version: '13', install: 'live' } }),
        debian('live'),
      ],
      'another card': [ofMachine(worker, { mac: '52:54:00:aa:bb:99' })],
      'another disk, and none': [settings({ hardware: {} }), settings({ hardware: { disk: '/dev/sdb' } })],
      'logical volumes': [
        settings({ hardware: { disk: '/dev/sda', layout: 'lvm' } }),
        settings({ hardware: { disk: '/dev/sda' } }),
        [worker],
      ],
      'another architecture and firmware': [ofMachine(worker, { architecture: 'arm64', firmware: 'bios' })],
      'CRI-O': [settings({ containerRuntime: { name: 'cri-o' } })],
      'containerd of the distribution': [
        settings({ containerRuntime: { packages: 'distribution' } }),
        debian(),
      ],
      'another network plugin': [
        settings({ networkPlugin: { name: 'cilium' } }),
        settings({ networkPlugin: { name: 'calico' } }),
      ],
      'a network plugin that was there gets its name': [
        settings({ networkPlugin: { name: 'calico' } }),
        settings({ networkPlugin: { name: 'other' } }),
      ],
      'a network plugin of nobody knows whom': [
        settings({ networkPlugin: { name: 'other' } }),
        settings({ networkPlugin: { name: 'calico' } }),
      ],
      'another name of the cluster': [settings({ name: 'other' })],
      'other names of nodes': [kubernetes({ nodeNames: 'full' })],
      'other networks of pods and services': [
        kubernetes({
          podNetwork: ['10.200.0.0/16', 'fd00:200::/56'],
          serviceNetwork: ['10.201.0.0/16', 'fd00:201::/112'],
        }),
      ],
      'another domain of services': [kubernetes({ domain: 'other.local' })],
      'another address of the API': [
        ({ loadBalancing }) => Object.assign(loadBalancing!.api, { address: '10.10.10.99', port: 7443 }),
      ],
      'another machine initializes': [
        kubernetes({ initializes: second }),
        nothingChanged,
        [first, second, worker],
      ],
      'a new cluster on machines in memory': [kubernetes({ domain: 'other.local' }), debian('live')],
    }
    const text = Object.entries(cases).map(([name, [change, from, names]]) =>
      [`${name}:`, ...changes(change, from, names).map((line) => `  ${line}`), ''].join('\n'),
    )
    await expect(text.join('\n')).toMatchFileSnapshot('../fixtures/diff/facts.txt')
  })

  it('concern a member of etcd like a node', () => {
    const cluster = changedCluster(nothingChanged)
    const side = sideOf(cluster, machineOf(cluster, balancer))
    const member = { ...side, machine: { ...side.machine, runsEtcd: true } }
    const other = { ...cluster, etcd: { ...cluster.etcd, placement: 'dedicated' as const } }
    expect(
      [side, member].flatMap((each) =>
        factChanges(each, { ...each, cluster: other }).map(
          ({ name, before, after }) => `${name}: ${before} → ${after}`,
        ),
      ),
    ).toEqual(['etcd placement: stacked → dedicated'])
  })
})

describe('what is compared for a machine', () => {
  it('are its files, and what is fetched for it except what names the commit', () => {
    const cluster = changedCluster(nothingChanged)
    const items = [...itemsOf(sideOf(cluster, machineOf(cluster, balancer))).values()]
    const lines = items.map(
      ({ where, key, component, rights, secret, isOwn }) =>
        `${where} ${key} ${component} ${rights}${secret ? ' secret' : ''}${isOwn ? ' own' : ''}`,
    )
    expect(withoutNumbers(lines.join('\n'))).toMatchSnapshot()
  })
})
