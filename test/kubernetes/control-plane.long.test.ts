import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { describeWithCluster, kubernetesDirectory } from '../kubernetes-programs.ts'
import { until } from '../support/processes.ts'
import { losePowerUnderWatch } from './failover.ts'
import { observe, powerOnSeed, rackPrograms, shuffled, type Observer } from './observer.ts'
import { openClusterRack, withBundle, type ClusterRack, type RackProfile } from './rack.ts'

/* Real Kubernetes 1.20.2 without machines for load balancers, and with power cuts at the worst moments. */

const source = new URL('control-plane-profile.yaml', import.meta.url).pathname
const program = new URL('../../dist/cli.js', import.meta.url).pathname

const programs = [...rackPrograms, 'age-keygen']

describeWithCluster('a cluster whose control planes balance their load', programs, (directory) => {
  let profile: RackProfile
  let rack: ClusterRack
  let observer: Observer
  const controlPlanes = ['control-plane-1', 'control-plane-2', 'control-plane-3']
  const all = [...controlPlanes, 'worker-1']

  beforeAll(async () => {
    profile = withBundle(source)
    rack = await openClusterRack(directory, profile)
    observer = observe(rack)
    return async () => {
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) await rack.keepLogs(`${keep}-control-plane`)
      await rack.close()
    }
  })

  it('forms a cluster, although a control plane loses power during its join', async () => {
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

  it('is accessible with a kubeconfig from the bundle, at the virtual address, without any login to a machine', async () => {
    const kubeconfig = join(dirname(profile.file), 'kubeconfig')
    const words = ['kubeconfig', profile.file, ...profile.secrets, '--out', kubeconfig]
    execFileSync(process.execPath, [program, ...words], { stdio: 'pipe' })
    const kubectl = (...request: string[]) =>
      rack.server.ask([
        join(kubernetesDirectory() ?? '', 'kubectl'),
        `--kubeconfig=${kubeconfig}`,
        ...request,
      ])
    expect(await kubectl('config', 'view', '--output', 'jsonpath={.clusters[0].cluster.server}')).toBe(
      'https://10.10.10.19:8443',
    )
    const names = await kubectl('get', 'nodes', '--output', 'jsonpath={.items[*].metadata.name}')
    expect(names.split(' ').toSorted()).toEqual(all.toSorted())
    expect(await kubectl('auth', 'can-i', '*', '*', '--all-namespaces')).toBe('yes\n')
  })

  it('has the labels, taints and arguments of the profile', async () => {
    const nodes = await observer.kubectl(
      'control-plane-1',
      'get',
      'nodes',
      '--output',
      'jsonpath={range .items[*]}{.metadata.name} {.metadata.labels.example\\.com/rack} {.metadata.labels.example\\.com/disks} ' +
        '{.status.capacity.pods} {range .spec.taints[*]}{.key}:{.effect} {end}{"\\n"}{end}',
    )
    const master = 'node-role.kubernetes.io/master:NoSchedule'
    const reserved = 'example.com/reserved:PreferNoSchedule'
    expect(
      nodes
        .split('\n')
        .filter(Boolean)
        .map((line) =>
          line
            .split(/ +/)
            // Those that come and go with the state of the machine are Kubernetes' own.
            .filter((word) => word !== '' && !word.startsWith('node.kubernetes.io/')),
        ),
    ).toEqual([
      ...controlPlanes.map((name) => [name, 'r12', '110', master, reserved]),
      ['worker-1', 'r12', 'nvme', '60', 'example.com/slow:PreferNoSchedule'],
    ])
  })

  it('encrypts secrets in etcd, and logs who created one, without its contents', async () => {
    await observer.kubectl(
      'control-plane-2',
      'create',
      'secret',
      'generic',
      'kept',
      '--from-literal=word=plaintext',
    )
    const stored = await observer.etcdctl(
      'control-plane-3',
      'get',
      '--print-value-only',
      '/registry/secrets/default/kept',
    )
    expect(stored).toMatch(/^k8s:enc:secretbox:v1:key-[0-9a-f]{8}:/)
    expect(stored).not.toContain('plaintext')
    const word = await observer.kubectl(
      'control-plane-3',
      'get',
      'secret',
      'kept',
      '--output=jsonpath={.data.word}',
    )
    expect(Buffer.from(word, 'base64').toString()).toBe('plaintext')
    const find = `cat /var/log/kubernetes/audit/audit.log | grep '"verb":"create"' | grep '"name":"kept"'`
    const logs = await Promise.all(controlPlanes.map((name) => rack.machine(name).run(['sh', '-c', find])))
    const lines = logs.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean))
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ level: 'Metadata', verb: 'create', user: expect.anything() as unknown }),
    ])
    // Neither the text nor its base64.
    expect(lines.join('')).not.toMatch(/plaintext|cGxhaW50ZXh0/)
  })

  it('has the manifests of the profile, applied once, whatever users do with them later', async () => {
    const note = () =>
      observer.kubectl(
        'control-plane-2',
        'get',
        'configmap',
        'note',
        '--namespace=notes',
        '--output=jsonpath={.data.text}',
      )
    expect(await note()).toBe('from a manifest of the profile')
    await observer.kubectl(
      'control-plane-2',
      'patch',
      'configmap',
      'note',
      '--namespace=notes',
      '--patch={"data":{"text":"changed"}}',
    )
    const again = await rack
      .machine('control-plane-1')
      .run(['sh', '-c', 'exec /usr/libexec/hakube/steps/[0-9]*-manifests'])
    expect(again).toMatchObject({
      status: 0,
      stdout: 'namespace was already applied\nnote was already applied\n',
    })
    expect(await note()).toBe('changed')
  })

  it('keeps its API address when the control plane that has it loses power', async () => {
    const holder = await losePowerUnderWatch(rack, observer, '10.10.10.19', controlPlanes)
    await observer.machinesReady([holder], 200)
    await observer.nodesReady(holder, all, 100)
    expect(await observer.verify(all)).toEqual(Object.fromEntries(all.map((name) => [name, []])))
  })
})
