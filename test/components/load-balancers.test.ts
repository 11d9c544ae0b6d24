import { describe, expect, it } from 'vitest'
import { exampleCluster, withSystem, systemOf } from '../example.ts'
import { assembleBalancer, describeBalancer, fileOf } from './balancers.ts'
import { changedCluster } from './host.ts'
import { forReview } from '../support/shared-text.ts'

const haproxyFile = '/etc/haproxy/haproxy.cfg'
const keepalivedFile = '/etc/keepalived/keepalived.conf'
const conntrackdFile = '/etc/conntrackd/conntrackd.conf'

/** A third load balancer beside the two of the example. */
const three = () =>
  changedCluster((profile) => {
    profile.machines.push({
      name: 'third',
      role: 'load-balancer',
      mac: '52:54:00:aa:bb:09',
      address: '10.10.10.21',
    })
  })

describe('load balancers', () => {
  it.each(['external-load-balancers', 'load-balancers-on-control-planes', 'rack-test'] as const)(
    'of %s',
    async (name) => {
      const text = describeBalancer(assembleBalancer(exampleCluster(name)))
      await expect(await forReview(text)).toMatchFileSnapshot(
        `../fixtures/load-balancers/expected/${name}.txt`,
      )
    },
  )

  it('do not concern other machines', () => {
    const cluster = exampleCluster()
    for (const machine of [...cluster.controlPlanes, ...cluster.workers])
      expect(assembleBalancer(cluster, machine).files).toEqual([])
  })

  it('have the same haproxy.cfg, rendered once', () => {
    const cluster = exampleCluster()
    const contents = cluster.balancers.map(
      (machine) => assembleBalancer(cluster, machine).files.find(({ path }) => path === haproxyFile)?.content,
    )
    expect(contents[0]).toBe(contents[1])
  })

  it('check the workers of a large cluster less often', () => {
    const cluster = changedCluster((profile) => {
      const worker = profile.machines.at(-1)!
      for (let index = 0; index < 5000; index += 1)
        profile.machines.push({
          ...worker,
          name: `worker-${index}`,
          address: `10.11.${index >> 8}.${index & 255}`,
        })
    })
    const lines = fileOf(assembleBalancer(cluster), haproxyFile).split('\n')
    expect(lines.filter((line) => line.includes('observe layer4'))).toEqual(
      Array(2).fill(
        '    default-server check observe layer4 inter 51s fastinter 2s fall 3 rise 2 on-marked-down shutdown-sessions',
      ),
    )
    expect(lines.filter((line) => line.startsWith('    server worker-'))).toHaveLength(10_000)
  })

  it("pass the client's address to the ingress controllers if the profile sets that", () => {
    const cluster = changedCluster((profile) => {
      profile.loadBalancing!.ingress!.proxyProtocol = true
    })
    const lines = fileOf(assembleBalancer(cluster), haproxyFile).split('\n')
    expect(lines.filter((line) => line.includes('send-proxy'))).toEqual(
      Array(2).fill('    default-server send-proxy-v2'),
    )
    expect(lines.indexOf('    default-server send-proxy-v2')).toBeGreaterThan(
      lines.indexOf('backend ingress-http-workers'),
    )
  })

  it('have priorities in their order, and list each other as peers', () => {
    const cluster = three()
    const rows = cluster.balancers.map((machine) =>
      fileOf(assembleBalancer(cluster, machine), keepalivedFile)
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => /^(?:priority|unicast_src_ip|\d+\.\d+\.\d+\.\d+$)/.test(line)),
    )
    expect(rows).toEqual([
      ['priority 100', 'unicast_src_ip 10.10.10.11', '10.10.10.12', '10.10.10.21'],
      ['priority 99', 'unicast_src_ip 10.10.10.12', '10.10.10.11', '10.10.10.21'],
      ['priority 98', 'unicast_src_ip 10.10.10.21', '10.10.10.11', '10.10.10.12'],
    ])
  })

  it('synchronize connections through a multicast group if there are more than two', async () => {
    const text = fileOf(assembleBalancer(three()), conntrackdFile)
    await expect(text).toMatchFileSnapshot('../fixtures/load-balancers/expected/three-conntrackd.conf')
  })

  it('cache twice as many connections as the kernel tracks', () => {
    const cluster = changedCluster((profile) => {
      profile.sysctls = { 'net.netfilter.nf_conntrack_max': 1_000_000 }
    })
    const text = fileOf(assembleBalancer(cluster), conntrackdFile)
    expect(/HashSize .*/.exec(text)?.[0]).toBe('HashSize 250000')
    expect(/HashLimit .*/.exec(text)?.[0]).toBe('HashLimit 2000000')
  })

  it('run no conntrackd if nothing needs synchronization', () => {
    const cluster = changedCluster((profile) => {
      delete profile.loadBalancing!.sourceAddress
      profile.loadBalancing!.connectionSync = false
    })
    const assembly = assembleBalancer(cluster)
    expect(assembly.units.map(({ name }) => name)).toEqual([
      'hakube-interface.service',
      'haproxy.service',
      'keepalived.service',
    ])
    expect(fileOf(assembly, keepalivedFile)).not.toMatch('notify_')
  })

  it('omit settings that an old keepalived does not support', () => {
    const cluster = exampleCluster()
    const distribution = { ...systemOf(cluster).distribution, keepalivedVersion: '1.3' }
    const old = withSystem(cluster, { distribution })
    expect(fileOf(assembleBalancer(old), keepalivedFile)).not.toMatch('max_auto_priority')
    expect(fileOf(assembleBalancer(cluster), keepalivedFile)).toMatch('max_auto_priority -1')
  })
})
