import { execFileSync } from 'node:child_process'
import { beforeAll, expect, it } from 'vitest'
import { describeWithCluster } from '../kubernetes-programs.ts'
import { until } from '../support/processes.ts'
import { losePowerUnderWatch } from './failover.ts'
import { observe, powerOnSeed, rackPrograms, shuffled, type Observer } from './observer.ts'
import { openClusterRack, withBundle, type ClusterRack, type RackProfile } from './rack.ts'

/*
 * Real Kubernetes 1.20.2 from what hakube renders, with two load balancers. Machines that know nothing but the address of their
 * seed are switched on at once, in an order that HAKUBE_SEED repeats; one control plane and one worker come late, when what they
 * join with has expired, and two machines are installed again. test/support/container-machine.ts says what a machine is.
 */

const profile = new URL('profile.yaml', import.meta.url).pathname
const program = new URL('../../dist/cli.js', import.meta.url).pathname

const nothingFails = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, []]))

const programs = [...rackPrograms, 'age-keygen']

describeWithCluster('a cluster of real Kubernetes from its seeds', programs, (directory) => {
  let rack: ClusterRack
  let observer: Observer
  let bundle: RackProfile
  const balancers = ['balancer-1', 'balancer-2']
  const controlPlanes = ['control-plane-1', 'control-plane-2', 'control-plane-3']
  const workers = ['worker-1', 'worker-2']
  let admission = ''
  const atFirst = [...balancers, 'control-plane-1', 'control-plane-2', 'worker-1']
  const all = [...balancers, ...controlPlanes, ...workers]

  beforeAll(async () => {
    bundle = withBundle(profile)
    rack = await openClusterRack(directory, bundle)
    observer = observe(rack)
    const words = [program, 'secrets', 'admission', bundle.file, ...bundle.secrets]
    admission = execFileSync(process.execPath, words, { encoding: 'utf8', stdio: 'pipe' })
    return async () => {
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) await rack.keepLogs(keep)
      await rack.close()
    }
  })

  it('forms a cluster, switched on at once in any order', async () => {
    const order = shuffled(atFirst, powerOnSeed)
    observer.begin()
    observer.say(`switched on in this order (HAKUBE_SEED=${powerOnSeed}): ${order.join(', ')}`)
    for (const name of order) await rack.powerOn(name)
    await observer.members(['control-plane-1'], 300)
    observer.say('power-on to init done')
    await observer.members(['control-plane-2', 'worker-1'], 300)
    observer.say('power-on to last join')
    await observer.nodesReady('control-plane-1', ['control-plane-1', 'control-plane-2', 'worker-1'], 120)
    await observer.machinesReady(atFirst, 300)
    observer.say('power-on to all checks passed')
    expect(await observer.verify(atFirst)).toEqual(nothingFails(atFirst))
  })

  /** What lets machines in: the uploaded certificates, and the profile's token. */
  const openings = async (from = 'control-plane-1') => {
    const token = /token (\w+)/.exec(admission)?.[1] ?? ''
    const names = ['secret/kubeadm-certs', `secret/bootstrap-token-${token}`]
    const text = await observer.kubectl(from, '--namespace=kube-system', 'get', 'secrets', '--output=name')
    const found = text.split('\n')
    return names.filter((name) => found.includes(name))
  }

  it('admits a control plane after its certificates have expired, and a worker that loses power while it joins', async () => {
    observer.begin()
    const worker = rack.machine('worker-2')
    await rack.powerOn('control-plane-3')
    await rack.powerOn('worker-2')
    // As two hours would.
    await observer.kubectl('control-plane-1', '--namespace=kube-system', 'delete', 'secret', 'kubeadm-certs')
    expect(await openings()).not.toContain('secret/kubeadm-certs')
    observer.say('control-plane-3 and worker-2 are switched on, the uploaded certificates are gone')
    await until('worker-2 joins', 120, async () => {
      const { status } = await worker.run(['test', '-e', '/var/lib/kubelet/config.yaml'])
      return status === 0 ? true : null
    })
    await worker.pullThePlug()
    observer.say('worker-2 has lost power in the midst of its join')
    await rack.powerOn('worker-2')
    await observer.members(['control-plane-3', 'worker-2'], 300)
    await observer.machinesReady(['control-plane-3', 'worker-2'], 200)
    await observer.nodesReady('control-plane-1', [...controlPlanes, ...workers], 120)
    expect(await observer.verify(all)).toEqual(nothingFails(all))
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

  it('closes when all machines of the profile have joined', async () => {
    await until('the cluster is closed', 120, async () => ((await openings()).length === 0 ? true : null))
    observer.say('the cluster is closed')
    // The timer stops once what it looks for is gone, so a moment after it.
    const timer = ['systemctl', 'is-active', 'hakube-admission.timer']
    await until('the timer stops', 120, async () =>
      (await rack.machine('control-plane-1').run(timer)).stdout === 'inactive\n' ? true : null,
    )
  })

  it('keeps its API address when the machine that has it loses power', async () => {
    const holder = await losePowerUnderWatch(rack, observer, '10.10.10.19', balancers)
    await observer.machinesReady([holder], 120)
    expect(await observer.verify([holder])).toEqual({ [holder]: [] })
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
      return pods.length === 12 + 5 + 2 && pods.every((line) => line.endsWith(' true')) ? true : null
    })
  })

  const uid = (from: string, ...what: string[]) =>
    observer.kubectl(from, 'get', ...what, '--output=jsonpath={.metadata.uid} {.status.nodeInfo.machineID}')

  it('accepts a reinstalled worker once it is admitted', async () => {
    const before = await uid('control-plane-1', 'node', 'worker-1')
    const worker = rack.machine('worker-1')
    await worker.pullThePlug()
    await worker.reinstall()
    await rack.arm('worker-1')
    // Otherwise kubeadm waits until the cluster believes that the node is gone, as it does in the next test.
    await observer.kubectl('control-plane-1', 'delete', 'node', 'worker-1')
    observer.begin()
    await rack.powerOn('worker-1')
    observer.say('worker-1 has an empty disk')
    const advice = 'hakube secrets admission PROFILE | ssh CONTROL-PLANE sudo hakube-admit'
    await until('it says what to do', 120, async () =>
      (await worker.run(['cat', '/var/log/hakube/kubeadm.log'])).stdout.includes(advice) ? true : null,
    )
    observer.say('worker-1 waits until it is let in')
    const admit = ['sh', '-c', 'printf %s "$1" | hakube-admit', '-', admission]
    const { status, stdout } = await rack.machine('control-plane-2').run(admit)
    expect(status).toBe(0)
    expect(stdout).toContain('control planes can join for two hours')
    expect(admission.split(/\s/).filter((word) => word.length > 20 && stdout.includes(word))).toEqual([])
    expect((await openings()).length).toBe(2)
    // For the next test, which has less to wait for then.
    await rack.machine('control-plane-1').pullThePlug()
    observer.say('it is let in; control-plane-1 has lost power')
    await observer.machinesReady(['worker-1'], 300)
    expect(await observer.verify(['worker-1'])).toEqual({ 'worker-1': [] })
    expect(await uid('control-plane-2', 'node', 'worker-1')).not.toBe(before)
  })

  it('accepts the reinstalled first control plane unattended', async () => {
    const cluster = await uid('control-plane-2', 'namespace', 'kube-system')
    // As a day would.
    const secrets = await openings('control-plane-2')
    await observer.kubectl('control-plane-2', '--namespace=kube-system', 'delete', ...secrets)
    expect(await openings('control-plane-2')).toEqual([])
    await rack.machine('control-plane-1').reinstall()
    await rack.arm('control-plane-1')
    observer.begin()
    await rack.powerOn('control-plane-1')
    observer.say('control-plane-1 has an empty disk, the token and the certificates are gone')
    await observer.members(['control-plane-1'], 300)
    observer.say('power-on to joined')
    await observer.nodesReady('control-plane-1', [...controlPlanes, ...workers], 100)
    await observer.machinesReady(all, 300)
    expect(await observer.etcdMembers('control-plane-1')).toEqual(
      controlPlanes.map((name) => `started ${name}`),
    )
    expect(await observer.verify(all)).toEqual(nothingFails(all))
    observer.say('power-on to all checks passed')
    expect(await uid('control-plane-1', 'namespace', 'kube-system')).toBe(cluster)
  })

  it('has logged no credentials that let machines join', async () => {
    const secrets = admission.split(/\s/).filter((word) => word.length > 20)
    expect(secrets.length).toBe(2)
    const look = 'journalctl --no-pager; cat /var/log/hakube/* /var/log/cloud-init*.log'
    const told = all.map(async (name) => {
      const { stdout } = await rack.machine(name).run(['sh', '-c', look])
      expect(stdout).toContain('hakube: ')
      return secrets.some((secret) => stdout.includes(secret)) ? name : ''
    })
    expect((await Promise.all(told)).filter(Boolean)).toEqual([])
  })
})
