import { beforeAll, expect, it } from 'vitest'
import { describeWithCluster } from '../kubernetes-programs.ts'
import { until } from '../support/processes.ts'
import { losePowerUnderWatch } from './failover.ts'
import { observe, powerOnSeed, rackPrograms, shuffled, type Observer } from './observer.ts'
import { openClusterRack, type ClusterRack } from './rack.ts'

/*
 * Real Kubernetes 1.20.2 behind haproxy and keepalived that the kubelets run, over an etcd that they don't. The second control
 * plane initializes, and nobody uploads certificates.
 */

const profile = new URL('static-pod-profile.yaml', import.meta.url).pathname

describeWithCluster('a cluster whose load balancers are static pods', rackPrograms, (directory) => {
  let rack: ClusterRack
  let observer: Observer
  const controlPlanes = ['control-plane-1', 'control-plane-2', 'control-plane-3']
  const all = [...controlPlanes, 'worker-1']
  const nothing = Object.fromEntries(all.map((name) => [name, []]))

  beforeAll(async () => {
    rack = await openClusterRack(directory, profile)
    observer = observe(rack)
    return async () => {
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) await rack.keepLogs(`${keep}-static-pod`)
      await rack.close()
    }
  })

  it('forms a cluster, although a control plane loses power during its join', async () => {
    const order = shuffled(all, powerOnSeed)
    observer.begin()
    observer.say(`switched on in this order (HAKUBE_SEED=${powerOnSeed}): ${order.join(', ')}`)
    for (const name of order) await rack.powerOn(name)
    await observer.members(['control-plane-2'], 300)
    observer.say('power-on to init done')
    const unlucky = rack.machine('control-plane-3')
    await until('control-plane-3 joins', 200, async () => {
      const { status } = await unlucky.run(['test', '-e', '/etc/kubernetes/kubelet.conf'])
      return status === 0 ? true : null
    })
    await unlucky.pullThePlug()
    observer.say('control-plane-3 has lost power in the midst of its join')
    // kubeadm has to start again, and its reset takes the pods of the load balancer away.
    await rack.powerOn('control-plane-3')
    await observer.members(['control-plane-1', 'control-plane-3', 'worker-1'], 300)
    observer.say('power-on to last join')
    await observer.nodesReady('control-plane-1', all, 120)
    await observer.machinesReady(all, 300)
    observer.say('power-on to all checks passed')
    expect(await observer.verify(all)).toEqual(nothing)
    const { stdout } = await unlucky.run(['cat', '/var/log/hakube/kubeadm.log'])
    expect(stdout).toMatch('[reset] Deleting contents of config directories: [/etc/kubernetes/manifests')
  })

  it('shows the pods of its load balancers, and runs no services for them', async () => {
    const rows = 'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[*].ready}{"\\n"}{end}'
    const pods = () =>
      observer.kubectl('control-plane-2', '--namespace=kube-system', 'get', 'pods', '--output', rows)
    const wanted = controlPlanes.flatMap((name) => [`haproxy-${name} true`, `keepalived-${name} true`])
    await until('the pods of the load balancers', 60, async () => {
      const balancers = (await pods()).split('\n').filter((row) => /^(?:haproxy|keepalived|etcd)-/.test(row))
      return balancers.toSorted().join() === wanted.toSorted().join() ? true : null
    })
    const { status } = await rack
      .machine('control-plane-1')
      .run(['systemctl', 'is-active', 'haproxy', 'keepalived'])
    expect(status).not.toBe(0)
  })

  it('never uploads certificates', async () => {
    const { stdout } = await rack.machine('control-plane-2').run(['cat', '/var/log/hakube/kubeadm.log'])
    expect(stdout).not.toMatch('upload-certs] Storing the certificates in Secret')
    const text = await observer.kubectl(
      'control-plane-1',
      '--namespace=kube-system',
      'get',
      'secrets',
      '--output=name',
    )
    const names = text.split('\n')
    expect(names.some((name) => name.startsWith('secret/bootstrap-signer-token-'))).toBe(true)
    expect(names).not.toContain('secret/kubeadm-certs')
  })

  it('keeps its API address when the control plane that has it loses power', async () => {
    const holder = await losePowerUnderWatch(rack, observer, '10.10.10.19', controlPlanes)
    await observer.machinesReady([holder], 200)
    await observer.nodesReady(holder, all, 100)
    observer.say(`${holder} is back`)
    expect(await observer.verify(all)).toEqual(nothing)
  })
})
