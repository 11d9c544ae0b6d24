import { expect, it } from 'vitest'
import { asset, assembleAll, runtimeCluster } from './runtime-cluster.ts'

const packages = async (choice: Parameters<typeof runtimeCluster>[2]): Promise<Record<string, string[]>> => {
  const cluster = await runtimeCluster(['rocky', '9'], '1.36.4', choice)
  const machines = [cluster.controlPlanes[0]!, cluster.workers[0]!]
  return Object.fromEntries(
    machines.map((machine) => [
      machine.role,
      assembleAll(cluster, machine)
        .declared.packages.filter(({ component }) => component === 'assets')
        .map(({ name }) => name),
    ]),
  )
}

it('installs tar on machines that unpack archives, because a minimal system may lack it', async () => {
  const archive = asset('etcd-v3.6.5-linux-amd64.tar.gz')
  const manifest = asset('calico.yaml')
  expect([
    await packages({ etcd: { placement: 'control-plane', version: '3.6.5', archive } }),
    await packages({ containerRuntime: { name: 'docker', criDockerd: asset('cri-dockerd.tgz') } }),
    await packages({ networkPlugin: { name: 'calico', manifest } }),
  ]).toEqual([
    { 'control-plane': ['curl', 'tar'], worker: [] },
    { 'control-plane': ['curl', 'tar'], worker: ['curl', 'tar'] },
    { 'control-plane': ['curl'], worker: [] },
  ])
})
