import { describe, expect, it } from 'vitest'
import { certificateNeeds, serverNeed } from '../../src/cluster/certificate-needs.ts'
import { resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { exampleNames, exampleProfile } from '../example.ts'
import { etcdProfile } from '../secrets/etcd-profile.ts'

const resolved = (profile: Profile) => resolveWithoutSecrets(profile, new Map())
const rows = (profile: Profile) =>
  certificateNeeds(resolved(profile)).map((need) =>
    [
      `${need.machine} ${need.kind}`,
      `CN=${need.commonName}`,
      [...need.dnsNames, ...need.addresses].join(' '),
      need.usages.join('+'),
    ].join(' | '),
  )

describe('certificateNeeds', () => {
  it.each(exampleNames)('%s: with stacked etcd, kubeadm makes all of them', (name) => {
    expect(certificateNeeds(resolved(exampleProfile(name)))).toEqual([])
  })

  it('are for members, API servers, and the roles that use etcd, with dedicated etcd', () => {
    expect(rows(etcdProfile())).toEqual([
      ...[1, 2, 3].flatMap((number) =>
        ['server', 'peer'].map(
          (kind) =>
            `etcd-${number} etcd-${kind} | CN=etcd-${number} | localhost etcd-${number} etcd-${number}.rack.example${kind === 'peer' ? ' etcd-peer' : ''} ` +
            `127.0.0.1 ::1 10.10.10.${30 + number} | server+client`,
        ),
      ),
      ...[1, 2, 3].map(
        (number) =>
          `control-plane-${number} apiserver-etcd-client | CN=kube-apiserver-etcd-client |  | client`,
      ),
      'constructor etcd-client | CN=constructor |  | client',
      'worker-2 etcd-client | CN=worker-2 |  | client',
    ])
  })

  it('are for members and API servers, with etcd as a service on the control planes', () => {
    const profile = etcdProfile((changed) => {
      changed.machines = changed.machines.filter(({ role }) => role !== 'etcd')
      changed.etcd = { placement: 'control-plane' }
      delete changed.network.searchDomain
    })
    expect(rows(profile).filter((row) => row.startsWith('control-plane-2'))).toEqual([
      'control-plane-2 etcd-server | CN=control-plane-2 | localhost control-plane-2 127.0.0.1 ::1 10.10.10.42 | server+client',
      'control-plane-2 etcd-peer | CN=control-plane-2 | localhost control-plane-2 etcd-peer 127.0.0.1 ::1 10.10.10.42 | server+client',
      'control-plane-2 apiserver-etcd-client | CN=kube-apiserver-etcd-client |  | client',
    ])
    expect(resolved(profile).etcd.members.map(({ name }) => name)).toEqual([
      'control-plane-1',
      'control-plane-2',
      'control-plane-3',
    ])
  })

  it('are for the roles that use stacked etcd', () => {
    const profile = structuredClone(exampleProfile())
    profile.etcd = { clients: ['load-balancer'] }
    const kinds = certificateNeeds(resolved(profile)).map(({ machine, kind }) => [machine, kind])
    const balancers = profile.machines.filter(({ role }) => role === 'load-balancer')
    expect(kinds).toEqual(balancers.map(({ name }) => [name, 'etcd-client']))
  })

  it('treat etcd as dedicated if there are etcd machines and no placement', () => {
    const profile = etcdProfile((changed) => {
      delete changed.etcd
    })
    expect(resolved(profile).etcd.placement).toBe('dedicated')
    expect(
      resolved(profile)
        .machines.filter(({ runsEtcd }) => runsEtcd)
        .map(({ name }) => name),
    ).toEqual(['etcd-1', 'etcd-2', 'etcd-3'])
  })
})

describe('serverNeed', () => {
  it.each([
    ['http://10.10.10.5:8080', { commonName: '10.10.10.5', dnsNames: [], addresses: ['10.10.10.5'] }],
    ['https://[2001:db8:0:0::5]/', { commonName: '2001:db8::5', dnsNames: [], addresses: ['2001:db8::5'] }],
    [
      'https://boot.rack.example',
      { commonName: 'boot.rack.example', dnsNames: ['boot.rack.example'], addresses: [] },
    ],
  ])('%s', (server, expected) => {
    expect(serverNeed({ server })).toEqual({ ...expected, usages: ['server'] })
  })
})
