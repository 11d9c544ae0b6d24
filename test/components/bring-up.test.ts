import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import type { Assembly } from '../../src/assembly/assemble.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile, testSecrets } from '../example.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { forReview } from '../support/shared-text.ts'

function clusterWith(change: Partial<Profile['kubernetes']>): Cluster {
  const profile = exampleProfile()
  return resolve({ ...profile, kubernetes: { ...profile.kubernetes, ...change } }, new Map(), testSecrets)
}

function assemblyOf(cluster: Cluster, name: string): Assembly {
  const machine = cluster.machines.find((each) => each.name === name)!
  return assembleOnly([kubeadm], cluster, machine)
}

const contentOf = ({ files }: Assembly, path: string): string | undefined => {
  const file = files.find((each) => each.path === path)
  return file && textOf(file.content)
}

const [first, second, worker] = [
  'sample-kube-master-001',
  'sample-kube-master-002',
  'sample-kube-worker-001',
] as const

const keeper = '/usr/libexec/hakube/keep-admission'
const holds = (assembly: Assembly) =>
  assembly.files
    .filter(({ path }) => path.startsWith('/etc/hakube/'))
    .map(({ path, mode }) => `${mode} ${path}`)

describe('what keeps a cluster open', () => {
  it('is on the machine that creates it; every control plane can open it', async () => {
    const cluster = clusterWith({})
    const made = assemblyOf(cluster, first)
    expect(made.units.map(({ name }) => name)).toEqual(['kubelet.service', 'hakube-admission.timer'])
    const texts = [keeper, '/usr/sbin/hakube-admit', '/etc/systemd/system/hakube-admission.service']
      .map((path) => `#-- ${path}\n${contentOf(made, path)}`)
      .join('\n')
    await expect(await forReview(texts)).toMatchFileSnapshot('../fixtures/kubeadm/admission.txt')
    const other = assemblyOf(cluster, second)
    expect(contentOf(other, '/usr/sbin/hakube-admit')).toContain('advertiseAddress: "10.10.10.14"')
    expect(contentOf(other, keeper)).toBeUndefined()
    expect(other.units.map(({ name }) => name)).toEqual(['kubelet.service'])
    expect(contentOf(assemblyOf(cluster, worker), '/usr/sbin/hakube-admit')).toBeUndefined()
  })

  it('is on the machine that the profile names', () => {
    const cluster = clusterWith({ initializes: second, joinDeadlineHours: 5 })
    expect(contentOf(assemblyOf(cluster, second), keeper)).toContain('\nhours=5\n')
    expect(contentOf(assemblyOf(cluster, first), keeper)).toBeUndefined()
    expect(holds(assemblyOf(cluster, first))).toEqual(['0644 /etc/hakube/authorities/ca.crt'])
    expect(holds(assemblyOf(cluster, second)).length).toBe(9)
    const step = (name: string) =>
      textOf(assemblyOf(cluster, name).steps.find((each) => each.name === 'kubeadm')!.script)
    expect(step(second)).toContain('kubeadm init --config')
    expect(step(first)).not.toContain('kubeadm init --config')
  })
})

describe('CAs that exist before the cluster', () => {
  const cluster = clusterWith({ certificates: 'preplaced' })

  it('are on all control planes, and the certificate key on none', () => {
    const made = holds(assemblyOf(cluster, first))
    expect(made).toEqual([
      '0600 /etc/hakube/admission',
      '0644 /etc/hakube/authorities/ca.crt',
      '0600 /etc/hakube/authorities/ca.key',
      '0644 /etc/hakube/authorities/etcd/ca.crt',
      '0600 /etc/hakube/authorities/etcd/ca.key',
      '0644 /etc/hakube/authorities/front-proxy-ca.crt',
      '0600 /etc/hakube/authorities/front-proxy-ca.key',
      '0600 /etc/hakube/authorities/sa.key',
      '0644 /etc/hakube/authorities/sa.pub',
    ])
    expect(holds(assemblyOf(cluster, second))).toEqual(made)
    for (const { name } of cluster.machines)
      for (const { content } of assemblyOf(cluster, name).files)
        expect(textOf(content)).not.toContain(testSecrets.certificateKey)
  })

  it.each([first, second])('are used by the step and programs of %s', async (name) => {
    const assembly = assemblyOf(cluster, name)
    const scripts = [
      textOf(assembly.steps.find((step) => step.name === 'kubeadm')!.script),
      contentOf(assembly, '/usr/sbin/hakube-admit'),
      contentOf(assembly, keeper) ?? '',
    ]
    await expect(await forReview(scripts.join('\n'))).toMatchFileSnapshot(
      `../fixtures/kubeadm/preplaced-${name}.txt`,
    )
  })
})
