import { expect, it } from 'vitest'
import { kernelOfNodes } from '../../src/cluster/systems.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { exampleProfile } from '../example.ts'
import { changedCluster } from '../components/host.ts'

const modeWith = (change: (profile: Profile) => void) => changedCluster(change).kubernetes.proxyMode
const centos7 = { name: 'centos', version: '7' }

it('the mode of kube-proxy follows from the oldest kernel of the nodes', () => {
  expect([
    modeWith(() => undefined),
    modeWith((profile) => (profile.distribution = centos7)),
    modeWith((profile) => (profile.roles = { worker: { distribution: centos7 } })),
    modeWith((profile) => (profile.machines[5]!.distribution = centos7)),
    modeWith((profile) => (profile.roles = { 'load-balancer': { distribution: centos7 } })),
  ]).toEqual(['nftables', 'iptables', 'iptables', 'iptables', 'nftables'])
})

it('a newer kernel counts instead of that of the distribution', () => {
  const rocky8 = { name: 'rocky', version: '8' }
  expect([
    modeWith((profile) => (profile.distribution = rocky8)),
    modeWith((profile) => Object.assign(profile, { distribution: rocky8, kernel: { package: 'elrepo-ml' } })),
    modeWith((profile) => {
      profile.distribution = rocky8
      profile.kernel = { package: 'elrepo-ml' }
      profile.machines[5]!.kernel = { package: 'distribution' }
    }),
  ]).toEqual(['iptables', 'nftables', 'iptables'])
})

it('there is no kernel of nodes without nodes', () => {
  expect(() => kernelOfNodes(exampleProfile(), [])).toThrow(new Error('a cluster without nodes'))
})
