import { exampleProfile } from '../example.ts'
import type { Known } from './rack.ts'

/** A profile with etcd on machines of its own, and workers that use it: what machines make keys for. */
export const ownProfile = exampleProfile('external-load-balancers')
ownProfile.distribution = { name: 'debian', version: '12' }
// etcd 3.4 is that of the machine that runs this test.
ownProfile.kubernetes.version = '1.30.2'
ownProfile.etcd = { clients: ['worker'] }
for (const last of [31, 32, 33])
  ownProfile.machines.push({
    name: `sample-etcd-0${last}`,
    role: 'etcd',
    mac: `52:54:00:aa:bb:${last}`,
    address: `10.10.10.${last}`,
  })

const knownOf = ({ name, mac, address }: (typeof ownProfile.machines)[number]): Known => ({
  name,
  mac: [mac].flat()[0] ?? '',
  address,
})
const ofRole = (role: string): Known[] =>
  ownProfile.machines.filter((each) => each.role === role).map(knownOf)
export const members = ofRole('etcd')
export const worker = ofRole('worker')[0]!
