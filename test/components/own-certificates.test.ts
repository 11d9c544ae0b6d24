import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { components } from '../../src/components/index.ts'
import { isReserved } from '../../src/profile/rules/reserved-paths.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { enrollingOf } from '../../src/pipeline/enrolling.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile, testCluster, testSecrets } from '../example.ts'

/** A cluster whose bundle holds no key of a machine. */
const clusterOf = (profile: Profile): Cluster =>
  resolve(profile, new Map(), { ...testSecrets, server: testSecrets.authorities.etcd })

const filesOf = (cluster: Cluster, name: string) => {
  const machine = cluster.machines.find((each) => each.name === name)!
  return new Map(
    machineFiles(cluster, assemble(components, cluster, machine)).map(({ path, content }) => [
      path,
      textOf(content),
    ]),
  )
}

const listOf = (cluster: Cluster, name: string): string[] | undefined =>
  filesOf(cluster, name).get('/etc/hakube/certificates')?.replaceAll('\t', ' ').trimEnd().split('\n')

/** Names and types of the keys of the first control plane. */
const typesOf = (change: (profile: Profile) => void): string[] => {
  const profile = exampleProfile('flannel-service')
  change(profile)
  const changed = clusterOf(profile)
  return (listOf(changed, changed.controlPlanes[0]!.name) ?? []).map((line) =>
    line.split(' ').slice(0, 2).join(' '),
  )
}

const names = (name: string, ...more: string[]) =>
  ['localhost', name, `${name}.example.com`, ...more].map((each) => `DNS:${each}`).join(',')

describe('the keys that machines make', () => {
  const cluster = clusterOf(exampleProfile('flannel-service'))

  it('are listed on each machine, with path, CA, owner and names', () => {
    const addresses = 'IPAddress:127.0.0.1,IPAddress:0:0:0:0:0:0:0:1'
    const pki = '/etc/etcd/pki'
    const first = cluster.etcd.members[0]!
    expect(listOf(cluster, first.name)).toEqual([
      `etcd-server 2048 ${pki}/server ${pki}/ca.crt etcd - ${first.name} ${names(first.name)},${addresses},IPAddress:${first.address}`,
      `etcd-peer 2048 ${pki}/peer ${pki}/ca.crt etcd - ${first.name} ${names(first.name, 'etcd-peer')},${addresses},IPAddress:${first.address}`,
    ])
    const worker = cluster.workers[0]!
    expect(listOf(cluster, worker.name)).toEqual([
      `etcd-client p256 ${pki}/client ${pki}/ca.crt root - ${worker.name} -`,
    ])
    const control = cluster.controlPlanes[0]!
    const authorities = '/etc/hakube/authorities'
    expect(listOf(cluster, control.name)).toEqual([
      `etcd-client p256 ${pki}/client ${pki}/ca.crt root - ${control.name} -`,
      `apiserver-etcd-client 2048 ${authorities}/apiserver-etcd-client ${authorities}/etcd/ca.crt root /etc/kubernetes/pki/apiserver-etcd-client kube-apiserver-etcd-client -`,
    ])
    const balancer = cluster.balancers[0]!
    expect(listOf(cluster, balancer.name)).toBeUndefined()
  })

  it('are in no file of the machine, nor are their certificates', () => {
    for (const { name } of cluster.machines)
      expect(
        [...filesOf(cluster, name).keys()].filter((path) =>
          /(?:server|peer|client)\.(?:key|crt)$/.test(path),
        ),
      ).toEqual([])
  })

  it('are reserved paths of hakube', () => {
    for (const machine of cluster.machines)
      for (const line of listOf(cluster, machine.name) ?? []) {
        const [, , path = ''] = line.split(' ')
        expect([path, isReserved(`${path}.key`), isReserved(`${path}.key.next`)]).toEqual([path, true, true])
      }
  })

  it('are those that a bundle does not hold: others are used from there', async () => {
    const whole = await testCluster(exampleProfile('flannel-service'))
    const [first, second] = whole.workers
    const { [first!.name]: _, ...others } = whole.secrets.machines
    const mixed = { ...whole, secrets: { ...whole.secrets, machines: others } }
    expect(listOf(mixed, first!.name)).toHaveLength(1)
    expect(filesOf(mixed, first!.name).has('/etc/etcd/pki/client.key')).toBe(false)
    expect(filesOf(mixed, second!.name)).toEqual(filesOf(whole, second!.name))
    expect(listOf(mixed, second!.name)).toBeUndefined()
    expect(filesOf(mixed, second!.name).get('/etc/etcd/pki/client.key')).toContain('PRIVATE KEY')
    // The server signs nothing else.
    const enrolling = enrollingOf('profile.yaml', mixed, { hakube: '0', commit: null })
    expect(
      mixed.machines.flatMap(({ macs, name }) =>
        (enrolling?.ownCertificates(macs[0])?.needs ?? []).map(({ kind }) => `${name} ${kind}`),
      ),
    ).toEqual([`${first!.name} etcd-client`])
  })

  it('are RSA keys where the profile asks for more bits, or curl reads no others', () => {
    expect(typesOf((profile) => void (profile.secrets = { keyBits: 4096 }))).toEqual([
      'etcd-client 4096',
      'apiserver-etcd-client 4096',
    ])
    expect(
      typesOf((profile) => {
        profile.distribution = { name: 'centos', version: '7' }
        profile.kubernetes.version = '1.20.2'
      }),
    ).toEqual(['etcd-client 2048', 'apiserver-etcd-client 2048'])
  })

  it('are in the bundle where seeds hold the secrets: without them nothing is rendered', () => {
    const profile = exampleProfile('flannel-service')
    profile.secrets = { delivery: 'inline' }
    const inline = clusterOf(profile)
    expect(() => filesOf(inline, inline.workers[0]!.name)).toThrow(
      `the secrets contain no etcd-client certificate of ${inline.workers[0]!.name}`,
    )
  })

  it('are renewed at another time of day on each machine', () => {
    const times = cluster.etcd.members.map(
      ({ name }) =>
        /OnCalendar=(.*)/.exec(
          filesOf(cluster, name).get('/etc/systemd/system/hakube-certificates.timer') ?? '',
        )?.[1],
    )
    expect(times).toEqual(['*-*-* 01:02:00', '*-*-* 01:33:00', '*-*-* 02:04:00'])
  })
})
