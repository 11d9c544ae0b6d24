import { describe, expect, it } from 'vitest'
import type { Part } from '../../src/assembly/component.ts'
import { exampleCluster, type ExampleName } from '../example.ts'
import { assembleHost, describeAssembly, machineOf } from './host.ts'
import { forReview } from '../support/shared-text.ts'

const machines: [ExampleName, string][] = [
  ['external-load-balancers', 'sample-haproxy-001'],
  ['external-load-balancers', 'sample-kube-master-001'],
  ['external-load-balancers', 'sample-kube-worker-001'],
  ['load-balancers-on-control-planes', 'k8s-master-01'],
  ['load-balancers-on-control-planes', 'k8s-node-01'],
  ['rack-test', 'balancer'],
]

/** As the other components declare it. */
const declared = (example: ExampleName): Part => ({
  packages: [{ name: 'kubelet', version: '1.36.4' }],
  repositories: [
    example === 'external-load-balancers'
      ? {
          name: 'kubernetes',
          url: 'https://pkgs.k8s.io/core:/stable:/v1.36/rpm/',
          key: 'https://pkgs.k8s.io/core:/stable:/v1.36/rpm/repodata/repomd.xml.key',
        }
      : {
          name: 'kubernetes',
          url: 'https://pkgs.k8s.io/core:/stable:/v1.36/deb/ /',
          key: 'https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key',
        },
  ],
  kernelModules: [{ name: 'br_netfilter', reason: 'bridged packets' }],
  sysctls: [{ key: 'net.ipv4.ip_forward', value: '1', reason: 'pods' }],
  ports: [
    { protocol: 'tcp', port: 6443, purpose: 'Kubernetes API' },
    { protocol: 'tcp', port: 30_000, lastPort: 32_767, purpose: 'NodePorts' },
    { protocol: 'tcp', port: 2379, lastPort: 2380, sources: ['10.10.10.13', '10.10.10.14'], purpose: 'etcd' },
    { protocol: 'vrrp', sources: ['10.10.10.12'], purpose: 'keepalived' },
  ],
})

describe('host components', () => {
  it.each(machines)('%s: %s', async (example, name) => {
    const cluster = exampleCluster(example)
    const assembly = assembleHost(cluster, declared(example), machineOf(cluster, name))
    await expect(await forReview(describeAssembly(assembly))).toMatchFileSnapshot(
      `../fixtures/host/expected/${example}-${name}.txt`,
    )
  })
})
