import type { Profile } from '../../src/profile/schema.ts'
import { exampleProfile } from '../example.ts'

const machine = (name: string, role: Profile['machines'][number]['role'], last: number) => ({
  name,
  role,
  mac: `52:54:00:00:00:${String(last).padStart(2, '0')}`,
  address: `10.10.10.${last}`,
})

/** Three etcd machines, three control planes, two workers that use etcd, one that is called like a property of every object. */
export function etcdProfile(change: (profile: Profile) => void = () => undefined): Profile {
  const profile = structuredClone(exampleProfile('external-load-balancers'))
  profile.network.searchDomain = 'rack.example'
  profile.machines = [
    ...profile.machines.filter(({ role }) => role === 'load-balancer'),
    machine('etcd-1', 'etcd', 31),
    machine('etcd-2', 'etcd', 32),
    machine('etcd-3', 'etcd', 33),
    machine('control-plane-1', 'control-plane', 41),
    machine('control-plane-2', 'control-plane', 42),
    machine('control-plane-3', 'control-plane', 43),
    machine('constructor', 'worker', 51),
    machine('worker-2', 'worker', 52),
  ]
  profile.etcd = { placement: 'dedicated', clients: ['worker'] }
  change(profile)
  return profile
}
