import { beforeAll, expect, it } from 'vitest'
import { describeWithCluster } from '../kubernetes-programs.ts'
import { until } from '../support/processes.ts'
import { observe, powerOnSeed, rackPrograms, shuffled, type Observer } from './observer.ts'
import { openClusterRack, type ClusterRack } from './rack.ts'

/*
 * Real Kubernetes 1.20.2 with two address families, which are behind a feature gate there. Nobody wrote the IPv6 addresses of the
 * nodes: they are made of those of IPv4.
 */

const profile = new URL('dual-stack-profile.yaml', import.meta.url).pathname

/** A service of both families, and a pod behind it that only waits. */
const manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'both' },
  spec: {
    ipFamilyPolicy: 'RequireDualStack',
    selector: { app: 'both' },
    ports: [{ port: 80, targetPort: 8080 }],
  },
}

describeWithCluster('a cluster with two address families', rackPrograms, (directory) => {
  let rack: ClusterRack
  let observer: Observer
  const first = 'control-plane-1'
  const all = [first, 'worker-1', 'worker-2']

  beforeAll(async () => {
    rack = await openClusterRack(directory, profile)
    observer = observe(rack)
    return async () => {
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) await rack.keepLogs(`${keep}-dual-stack`)
      await rack.close()
    }
  })

  const ask = async (...words: string[]): Promise<string> => (await observer.kubectl(first, ...words)).trim()

  it('forms a cluster, whose machines pass all checks', async () => {
    const order = shuffled(all, powerOnSeed)
    observer.begin()
    observer.say(`switched on in this order (HAKUBE_SEED=${powerOnSeed}): ${order.join(', ')}`)
    for (const name of order) await rack.powerOn(name)
    await observer.members(all, 400)
    await observer.nodesReady(first, all, 120)
    await observer.machinesReady(all, 300)
    observer.say('power-on to all checks passed')
    expect(await observer.verify(all)).toEqual(Object.fromEntries(all.map((name) => [name, []])))
  })

  it('has nodes with an address and a part of the pod network of each family', async () => {
    const rows =
      'jsonpath={range .items[*]}{.metadata.name} {.status.addresses[?(@.type=="InternalIP")].address} {.spec.podCIDRs}{"\\n"}{end}'
    const text = await ask('get', 'nodes', '--output', rows)
    const nodes = text.split('\n').toSorted()
    expect(nodes.map((row) => row.replace(/ \[.*/, ''))).toEqual([
      'control-plane-1 10.10.10.13 fd00:10:10::a0a:a0d',
      'worker-1 10.10.10.16 fd00:10:10::a0a:a10',
      'worker-2 10.10.10.17 fd00:10:10::a0a:a11',
    ])
    for (const row of nodes) expect(row).toMatch(/ \["10\.244\.\d+\.0\/24","fd00:10:244:[0-9a-f:]*\/64"\]$/)
  })

  it('gives a service an address of each family, for which kube-proxy has rules on each node', async () => {
    const input = new TextEncoder().encode(JSON.stringify(manifest))
    const { status, stderr } = await rack
      .machine(first)
      .run(['kubectl', 'apply', '--filename=-'], 60_000, input)
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const addresses = await ask('get', 'service', 'both', '--output', 'jsonpath={.spec.clusterIPs[*]}')
    const [address4 = '', address6 = ''] = addresses.split(' ')
    expect(address4).toMatch(/^10\.96\./)
    expect(address6).toMatch(/^fd00:10:96::/)
    for (const [program, address] of [
      ['iptables-save', address4],
      ['ip6tables-save', address6],
    ] as const)
      for (const name of all)
        await until(`rules for ${address} on ${name}`, 60, async () => {
          const { stdout } = await rack.machine(name).run([program])
          return stdout.includes(` ${address}/`) ? true : null
        })
  })

  it('answers at both addresses of the control plane, with a certificate that names them', async () => {
    for (const host of ['10.10.10.13', '[fd00:10:10::a0a:a0d]', '[fd00:10:96::1]', 'kubernetes']) {
      const reach = [
        '--resolve',
        `kubernetes:6443:10.10.10.13`,
        '--connect-to',
        `[fd00:10:96::1]:6443:10.10.10.13:6443`,
      ]
      const { stdout, stderr } = await rack
        .machine('worker-1')
        .run([
          'curl',
          '--silent',
          '--show-error',
          '--cacert',
          '/etc/kubernetes/pki/ca.crt',
          ...reach,
          `https://${host}:6443/version`,
        ])
      expect(`${host} ${stderr}${stdout}`).toContain('"gitVersion": "v1.20.2"')
    }
  })

  it('lets nodes reach each other over IPv6 through their firewalls, and forwards IPv6', async () => {
    const worker = rack.machine('worker-1')
    expect((await worker.run(['ping', '-6', '-c', '1', 'fd00:10:10::a0a:a11'])).status).toBe(0)
    const forwarding = await worker.run(['cat', '/proc/sys/net/ipv6/conf/all/forwarding'])
    expect(forwarding.stdout.trim()).toBe('1')
    // The kubelet of another node: open to nodes of either family.
    const kubelet = ['curl', '--silent', '--insecure', '--output', '/dev/null', '--write-out', '%{http_code}']
    const answer = await worker.run([...kubelet, 'https://[fd00:10:10::a0a:a11]:10250/healthz'])
    expect(answer.stdout).toBe('401')
  })
})
