import { beforeAll, expect, it } from 'vitest'
import { describeWithCluster } from '../kubernetes-programs.ts'
import { until } from '../support/processes.ts'
import { losePowerUnderWatch } from './failover.ts'
import { observe, powerOnSeed, rackPrograms, shuffled, type Observer } from './observer.ts'
import { openClusterRack, type ClusterRack } from './rack.ts'

/*
 * Real Kubernetes 1.20.2 from what hakube renders, with two load balancers. Machines that know nothing but the address of their
 * seed are switched on at once, in an order that HAKUBE_SEED repeats. test/support/container-machine.ts says what a machine is.
 */

const profile = new URL('profile.yaml', import.meta.url).pathname

describeWithCluster('a cluster of real Kubernetes from its seeds', rackPrograms, (folder) => {
  let rack: ClusterRack
  let observer: Observer
  const balancers = ['balancer-1', 'balancer-2']
  const controlPlanes = ['control-plane-1', 'control-plane-2', 'control-plane-3']
  const atFirst = [...balancers, ...controlPlanes, 'worker-1']

  beforeAll(async () => {
    rack = await openClusterRack(folder, profile)
    observer = observe(rack)
    return async () => {
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) await rack.keepLogs(keep)
      await rack.close()
    }
  })

  it('becomes a cluster, switched on at once in any order', async () => {
    const order = shuffled(atFirst, powerOnSeed)
    observer.begin()
    observer.say(`switched on in this order (HAKUBE_SEED=${powerOnSeed}): ${order.join(', ')}`)
    for (const name of order) await rack.powerOn(name)
    await observer.members(['control-plane-1'], 300)
    observer.say('power-on to init done')
    await observer.members([...controlPlanes.slice(1), 'worker-1'], 300)
    observer.say('power-on to last join')
    await observer.nodesReady('control-plane-1', [...controlPlanes, 'worker-1'], 120)
    await observer.machinesReady(atFirst, 300)
    observer.say('power-on to all checks passed')
    const nothing = Object.fromEntries(atFirst.map((name) => [name, []]))
    expect(await observer.verify(atFirst)).toEqual(nothing)
  })

  it('has three members of etcd, and all pods run', async () => {
    expect(await observer.etcdMembers('control-plane-2')).toEqual(
      controlPlanes.map((name) => `started ${name}`),
    )
    const phases =
      'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[*].ready}{"\\n"}{end}'
    await until('all pods are ready', 120, async () => {
      const text = await observer.kubectl(
        'control-plane-1',
        'get',
        'pods',
        '--all-namespaces',
        '--output',
        phases,
      )
      const pods = text.split('\n').filter(Boolean)
      // Four of each control plane, kube-proxy on each node, two of the name service.
      return pods.length === 12 + 4 + 2 && pods.every((line) => line.endsWith(' true')) ? true : null
    })
  })

  it('runs a pod on the worker, whose log and shell are reached through the API', async () => {
    const image = 'k8s.gcr.io/kube-proxy:v1.20.2'
    // There is no sleep in the image: it waits for words that never come.
    const command = [
      '--stdin',
      '--attach=false',
      '--command',
      '--',
      'sh',
      '-c',
      'echo the pod runs; exec cat',
    ]
    await observer.kubectl(
      'control-plane-1',
      'run',
      'example',
      `--image=${image}`,
      '--restart=Never',
      ...command,
    )
    const log = await until('the log of the pod', 60, async () => {
      const text = await observer.kubectl('control-plane-1', 'logs', 'example')
      return text === '' ? null : text
    })
    expect(log).toBe('the pod runs\n')
    const exec = ['exec', 'example', '--', 'sh', '-c', 'echo "$KUBERNETES_SERVICE_HOST"']
    expect(await observer.kubectl('control-plane-1', ...exec)).toBe('10.96.0.1\n')
    // By the address of the service, so through kube-proxy.
    const ask = ['curl', '--silent', '--cacert', '/etc/kubernetes/pki/ca.crt', 'https://10.96.0.1/readyz']
    expect((await rack.machine('worker-1').run(ask)).stdout).toBe('ok')
    await observer.kubectl('control-plane-1', 'delete', 'pod', 'example', '--now')
  })

  it('keeps its API address when the machine that has it loses power', async () => {
    const holder = await losePowerUnderWatch(rack, observer, '10.10.10.19', balancers)
    await observer.machinesReady([holder], 120)
    expect(await observer.verify([holder])).toEqual({ [holder]: [] })
  })

  it('takes a worker that is switched on late, and loses power in the midst of its join', async () => {
    observer.begin()
    const worker = rack.machine('worker-2')
    await rack.powerOn('worker-2')
    await until('it joins', 120, async () => {
      const { status } = await worker.run(['test', '-e', '/var/lib/kubelet/config.yaml'])
      return status === 0 ? true : null
    })
    await worker.pullThePlug()
    observer.say('worker-2 has lost power in the midst of its join')
    await rack.powerOn('worker-2')
    await observer.members(['worker-2'], 200)
    await observer.machinesReady(['worker-2'], 120)
    await observer.nodesReady('control-plane-1', [...controlPlanes, 'worker-1', 'worker-2'], 60)
    expect(await observer.verify(['worker-2'])).toEqual({ 'worker-2': [] })
  })

  it('takes a worker back that was installed again', async () => {
    const identity = () =>
      observer.kubectl(
        'control-plane-1',
        'get',
        'node',
        'worker-1',
        '--output=jsonpath={.status.nodeInfo.machineID}',
      )
    const before = await identity()
    const worker = rack.machine('worker-1')
    await worker.pullThePlug()
    await worker.reinstall()
    observer.begin()
    await rack.powerOn('worker-1')
    observer.say('worker-1 has an empty disk')
    await observer.machinesReady(['worker-1'], 300)
    await observer.nodesReady('control-plane-1', [...controlPlanes, 'worker-1', 'worker-2'], 60)
    expect(await observer.verify(['worker-1'])).toEqual({ 'worker-1': [] })
    expect(await identity()).not.toBe(before)
  })
})
