import { describe, expect, it } from 'vitest'
import { certificateNeeds } from '../../src/cluster/certificate-needs.ts'
import { selinuxFirewall } from '../../src/components/selinux-firewall.ts'
import { networkPlugin } from '../../src/components/network-plugin.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { asset, assembleAll, partOf, runtimeCluster } from './runtime-cluster.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { forReview } from '../support/shared-text.ts'

const rocky = ['rocky', '9'] as const
const debian = ['debian', '12'] as const
const flannelService = {
  name: 'flannel-service',
  archive: asset('flannel-v0.27.4-linux-amd64.tar.gz'),
} as const
const criDockerd = asset('cri-dockerd-0.4.4.amd64.tgz')
const etcd = { placement: 'control-plane', archive: asset('etcd-v3.5.24-linux-amd64.tar.gz') } as const

type Choice = Parameters<typeof runtimeCluster>[2]
type Case = readonly [
  fixture: string,
  distribution: readonly [string, string],
  kubernetes: string,
  choice: Choice,
]

const byManifest = (name: 'calico' | 'cilium' | 'flannel'): NonNullable<Profile['networkPlugin']> => ({
  name,
  manifest: asset(`manifests/${name}.yaml`),
})

const cases: readonly Case[] = [
  ['calico-rocky', rocky, '1.36.4', { networkPlugin: byManifest('calico') }],
  ['calico-debian', debian, '1.36.4', { networkPlugin: byManifest('calico') }],
  ['cilium-rocky', rocky, '1.36.4', { networkPlugin: byManifest('cilium') }],
  ['flannel-debian', debian, '1.36.4', { networkPlugin: byManifest('flannel') }],
  [
    'flannel-service-containerd-debian',
    debian,
    '1.36.4',
    {
      networkPlugin: { ...flannelService, plugins: asset('cni-plugins-linux-amd64-v1.9.0.tgz') },
      etcd,
      manifests: [{ name: 'ingress', ...asset('manifests/ingress.yaml') }],
    },
  ],
  [
    'flannel-service-docker-rocky',
    rocky,
    '1.36.4',
    { networkPlugin: flannelService, etcd, containerRuntime: { name: 'docker', criDockerd } },
  ],
  [
    'flannel-service-docker-old-centos',
    ['centos', '7'],
    '1.20.15',
    { networkPlugin: flannelService, etcd, containerRuntime: { name: 'docker' } },
  ],
]

const names = ['network-plugin', 'flannel', 'docker', 'assets', 'manifests']

describe('a network plugin', () => {
  it.each(cases)(
    '%s, on the machine that initializes the cluster',
    async (fixture, distribution, kubernetes, choice) => {
      const cluster = await runtimeCluster(distribution, kubernetes, choice)
      await expect(await forReview(partOf(cluster, cluster.controlPlanes[0]!, names))).toMatchFileSnapshot(
        `../fixtures/network-plugins/${fixture}.txt`,
      )
    },
  )

  it('is prepared on a worker, without what only one machine does', async () => {
    const [, distribution, kubernetes, choice] = cases[4]!
    const cluster = await runtimeCluster(distribution, kubernetes, choice)
    await expect(
      await forReview(partOf(cluster, cluster.workers[0]!, ['flannel', 'manifests'])),
    ).toMatchFileSnapshot('../fixtures/network-plugins/flannel-service-worker.txt')
  })

  it('flannel as a service gives each node a certificate of its own for etcd', async () => {
    const cluster = await runtimeCluster(debian, '1.36.4', { networkPlugin: flannelService, etcd })
    const nodes = cluster.machines.map(({ name }) => name)
    const clients = certificateNeeds(cluster).filter(({ kind }) => kind === 'etcd-client')
    expect(clients.map(({ machine }) => machine)).toEqual(nodes)
    for (const machine of cluster.machines) {
      const key = assembleAll(cluster, machine).files.find(({ path }) => path === '/etc/etcd/pki/client.key')
      expect(key).toMatchObject({
        mode: '0600',
        secret: true,
        content: cluster.secrets.machines[machine.name]!['etcd-client']!.key,
      })
    }
    const more = await runtimeCluster(debian, '1.36.4', {
      networkPlugin: flannelService,
      etcd: { ...etcd, clients: ['load-balancer'] },
    })
    expect(more.etcd.clients).toEqual(['load-balancer', 'control-plane', 'worker'])
  })

  it.each([
    ['rocky', '9', '/etc/firewalld/zones/hakube.xml', '<protocol value="4"/>'],
    ['debian', '12', '/etc/hakube/firewall.nft', 'meta l4proto 4 accept'],
  ] as const)('opens IP in IP on %s', async (name, version, path, rule) => {
    const cluster = await runtimeCluster([name, version], '1.36.4', { networkPlugin: { name: 'calico' } })
    const { files } = assembleOnly([selinuxFirewall, networkPlugin], cluster, cluster.workers[0]!)
    expect(textOf(files.find((file) => file.path === path)!.content)).toContain(rule)
  })
})
