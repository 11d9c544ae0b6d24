import { describe, expect, it } from 'vitest'
import { nodeLabels } from '../../src/components/node-labels.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { nodeModel } from '../../src/components/kubeadm/node.ts'
import { textOf } from '../../src/templates/template.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { changedCluster, machineOf } from './host.ts'

describe('labels of nodes', () => {
  const cluster = changedCluster((profile) => {
    profile.roles = {
      worker: { labels: { 'node-role.kubernetes.io/worker': '', 'example.com/rack': 'r1' } },
    }
  })

  it('are set by control planes if a kubelet may not set them, and otherwise by the kubelet', () => {
    const worker = machineOf(cluster, 'sample-kube-worker-001')
    const { files } = assembleOnly([nodeLabels], cluster, machineOf(cluster, 'sample-kube-master-001'))
    expect(textOf(files.find(({ path }) => path === '/etc/hakube/node-labels')!.content))
      .toMatchInlineSnapshot(`
      "sample-kube-worker-001 node-role.kubernetes.io/worker=
      sample-kube-worker-002 node-role.kubernetes.io/worker=
      sample-kube-worker-003 node-role.kubernetes.io/worker=
      "
    `)
    expect(nodeModel(cluster, worker).kubeletArguments).toContainEqual({
      name: 'node-labels',
      value: 'example.com/rack=r1',
    })
    expect(assembleOnly([nodeLabels], cluster, worker).files).toEqual([])
  })

  it('and hakube-admit use the full names of nodes if the profile sets that', () => {
    const full = changedCluster((profile) => {
      profile.kubernetes.nodeNames = 'full'
      profile.machines[6]!.labels = { 'node-role.kubernetes.io/worker': '' }
    })
    const { files } = assembleOnly([nodeLabels, kubeadm], full, machineOf(full, 'sample-kube-master-001'))
    const text = (path: string) => textOf(files.find((file) => file.path === path)!.content)
    expect(text('/etc/hakube/node-labels')).toMatchInlineSnapshot(`
      "sample-kube-worker-002.example.com node-role.kubernetes.io/worker=
      "
    `)
    expect(text('/usr/libexec/hakube/keep-admission').match(/^(?:control_planes|workers)=.*$/gm))
      .toMatchInlineSnapshot(`
      [
        "control_planes=(sample-kube-master-001.example.com sample-kube-master-002.example.com sample-kube-master-003.example.com)",
        "workers=(sample-kube-worker-001.example.com sample-kube-worker-002.example.com sample-kube-worker-003.example.com)",
      ]
    `)
    expect(nodeModel(full, machineOf(full, 'sample-kube-worker-001')).name).toBe(
      'sample-kube-worker-001.example.com',
    )
  })
})
