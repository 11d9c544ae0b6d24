import { beforeAll, expect, it } from 'vitest'
import { describeWithCluster } from '../kubernetes-programs.ts'
import { until } from '../support/processes.ts'
import { losePowerUnderWatch } from './failover.ts'
import { observe, powerOnSeed, rackPrograms, shuffled, type Observer } from './observer.ts'
import { openClusterRack, type ClusterRack } from './rack.ts'

/* Real Kubernetes 1.20.2 without machines for load balancers, and with power cuts at the worst moments. */

const profile = new URL('control-plane-profile.yaml', import.meta.url).pathname

describeWithCluster('a cluster whose control planes balance their load', rackPrograms, (folder) => {
  let rack: ClusterRack
  let observer: Observer
  const controlPlanes = ['control-plane-1', 'control-plane-2', 'control-plane-3']
  const all = [...controlPlanes, 'worker-1']

  beforeAll(async () => {
    rack = await openClusterRack(folder, profile)
    observer = observe(rack)
    return async () => {
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) await rack.keepLogs(`${keep}-control-plane`)
      await rack.close()
    }
  })

  it('becomes a cluster, though a control plane loses power in the midst of its join', async () => {
    const order = shuffled(all, powerOnSeed)
    observer.begin()
    observer.say(`switched on in this order (HAKUBE_SEED=${powerOnSeed}): ${order.join(', ')}`)
    for (const name of order) await rack.powerOn(name)
    await observer.members(['control-plane-1'], 300)
    const unlucky = rack.machine('control-plane-3')
    // The cluster counts on its member of etcd from here on, and it has no API server and no label yet.
    await until('etcd of control-plane-3 is to start', 200, async () => {
      const { status } = await unlucky.run(['test', '-e', '/etc/kubernetes/manifests/etcd.yaml'])
      return status === 0 ? true : null
    })
    await unlucky.pullThePlug()
    observer.say('control-plane-3 has lost power in the midst of its join')
    // Not later: when it was the second member of etcd, there is no majority without it.
    await rack.powerOn('control-plane-3')
    await observer.members(['control-plane-2', 'control-plane-3', 'worker-1'], 400)
    await observer.nodesReady('control-plane-1', all, 120)
    await observer.machinesReady(all, 300)
    observer.say('power-on to all checks passed')
    expect(await observer.verify(all)).toEqual(Object.fromEntries(all.map((name) => [name, []])))
    expect(await observer.etcdMembers('control-plane-1')).toEqual(
      controlPlanes.map((name) => `started ${name}`),
    )
  })

  it('keeps its API address when the control plane that has it loses power', async () => {
    const holder = await losePowerUnderWatch(rack, observer, '10.10.10.19', controlPlanes)
    await observer.machinesReady([holder], 200)
    await observer.nodesReady(holder, all, 100)
    expect(await observer.verify(all)).toEqual(Object.fromEntries(all.map((name) => [name, []])))
  })
})
