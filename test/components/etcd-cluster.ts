import type { Cluster } from '../../src/cluster/cluster.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { exampleProfile, testCluster } from '../example.ts'

type Etcd = NonNullable<Profile['etcd']>

/** The diskless example, with the distribution of this test's machine, and etcd as a service. */
export function etcdProfile(etcd: Etcd, change: (profile: Profile) => void = () => {}): Profile {
  const profile = exampleProfile('load-balancers-on-control-planes')
  profile.distribution = { name: 'debian', version: '12' }
  profile.kubernetes.version = '1.30.2'
  profile.etcd = etcd
  change(profile)
  return profile
}

export const etcdCluster = (etcd: Etcd, change?: (profile: Profile) => void): Promise<Cluster> =>
  testCluster(etcdProfile(etcd, change))

/** Three machines of role etcd instead of as many workers. */
export const dedicated = (profile: Profile): void => {
  for (const [index, machine] of profile.machines.filter(({ role }) => role === 'worker').entries())
    if (index < 3) machine.role = 'etcd'
}
