import { describe, expect, it } from 'vitest'
import { certificateNames } from '../../src/components/kubeadm/from-cluster.ts'
import { assembleHost, changedCluster, fileText, machineOf } from './host.ts'

const textFor = (name: string, hosts: 'cluster' | 'essential', change: 'taken' | null = null) => {
  const cluster = changedCluster((profile) => {
    profile.network.hosts = hosts
    if (change) profile.machines[7]!.name = 'sample-api'
  })
  return fileText(assembleHost(cluster, {}, machineOf(cluster, name)), '/etc/hosts')
}

describe('hosts', () => {
  it('lists in a large cluster what every machine needs, and the machine itself', () => {
    expect(textFor('sample-kube-worker-002', 'essential')).toMatchInlineSnapshot(`
      "# Written by hakube. The machine's name resolves to its address in the cluster, never to 127.0.1.1, because other machines could
      # not reach services that listen there.
      127.0.0.1 localhost localhost.localdomain
      ::1 localhost localhost.localdomain ip6-localhost ip6-loopback
      10.10.10.17 sample-kube-worker-002.example.com sample-kube-worker-002
      10.10.10.19 sample-api.example.com sample-api
      10.10.10.20 sample-ingress.example.com sample-ingress
      10.10.10.11 sample-haproxy-001.example.com sample-haproxy-001
      10.10.10.12 sample-haproxy-002.example.com sample-haproxy-002
      10.10.10.13 sample-kube-master-001.example.com sample-kube-master-001
      10.10.10.14 sample-kube-master-002.example.com sample-kube-master-002
      10.10.10.15 sample-kube-master-003.example.com sample-kube-master-003
      "
    `)
  })

  it('is the same file for all machines that it lists anyway', () => {
    expect(textFor('sample-kube-worker-002', 'cluster')).toBe(textFor('sample-haproxy-001', 'cluster'))
    expect(textFor('sample-kube-master-001', 'essential')).toBe(textFor('sample-haproxy-001', 'essential'))
  })

  it('gives a virtual address no name if a machine has that name', () => {
    expect(
      textFor('sample-api', 'essential', 'taken')
        .split('\n')
        .filter((line) => line.includes('sample-api')),
    ).toEqual(['10.10.10.18 sample-api.example.com sample-api'])
  })

  it('adds the lines of the profile, and puts the name of the API before the other names of its address', () => {
    const cluster = changedCluster((profile) => {
      profile.network.hosts = 'essential'
      profile.loadBalancing!.api.name = 'api.example.com'
      profile.extraHosts = [{ address: '10.10.10.6', names: ['registry.example.com', 'registry'] }]
    })
    const text = fileText(
      assembleHost(cluster, {}, machineOf(cluster, 'sample-kube-worker-002')),
      '/etc/hosts',
    )
    expect(text.split('\n').filter((line) => /api|registry/.test(line))).toEqual([
      '10.10.10.19 api.example.com sample-api.example.com sample-api',
      '10.10.10.6 registry.example.com registry',
    ])
    expect(cluster.apiEndpoint).toEqual({ address: 'api.example.com', port: 6443 })
    expect(certificateNames(cluster).slice(0, 2)).toEqual(['api.example.com', '10.10.10.19'])
  })

  it('has no line for an external load balancer of which only the name is known', () => {
    const cluster = changedCluster((profile) => {
      profile.loadBalancing = { placement: 'external', api: { address: 'api.example.com' } }
    })
    const text = fileText(
      assembleHost(cluster, {}, machineOf(cluster, 'sample-kube-worker-002')),
      '/etc/hosts',
    )
    expect(text).not.toContain('api')
    expect(cluster.apiEndpoint).toEqual({ address: 'api.example.com', port: 6443 })
  })
})
