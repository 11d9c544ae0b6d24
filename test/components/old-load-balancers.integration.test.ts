import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { until } from '../support/processes.ts'
import { changedCluster } from './host.ts'
import { openRack, type Rack } from './load-balancer-rack.ts'

const programs = ['haproxy', 'keepalived', 'conntrackd', 'nft', 'ip', 'curl', 'setsid', 'unshare', 'nsenter']

/*
 * What is written for the releases of CentOS 7 (keepalived 1.3, conntrackd 1.4.4, a haproxy of the profile's own), given to the programs
 * of this machine: newer ones understand it as well.
 */
describeWith({ root: true, linux: true, programs }, 'load balancers of CentOS 7', () => {
  const cluster = changedCluster((profile) => {
    profile.distribution = { name: 'centos', version: '7' }
    profile.kubernetes.version = '1.31.14'
    profile.loadBalancing!.haproxyPackage = { path: 'haproxy.rpm', sha256: 'a'.repeat(64), version: '2.1.2' }
  })
  const { api } = cluster.loadBalancing!
  let rack: Rack

  beforeAll(async () => {
    rack = await openRack(cluster)
  })
  afterAll(() => rack?.close())

  it('hold the addresses, and forward connections to servers that are ready', async () => {
    const [one, other] = rack.balancers
    const logs = () => `${one.logs()}\n${other.logs()}`
    await until('one has the address', 120, async () => (await one.holds(api.address)) || null, logs)
    const url = `https://${api.address}:${api.port}/readyz`
    const get = async () => {
      const command = ['curl', '--silent', '--insecure', '--fail', '--noproxy', '*', '--max-time', '1', url]
      const { status, stdout } = await rack.clients[0].run(command)
      return status === 0 ? stdout.trim() : null
    }
    await until('an answer of the API', 120, get, logs)
    const [first, second] = cluster.controlPlanes.map(({ address }) => address)
    await rack.servers.put('/run/not-ready', `${first}\n`)
    // The last control plane has the wrong certificate, so one is left.
    await until(
      'others than the second are out',
      120,
      async () => {
        const answers = [await get(), await get(), await get(), await get()]
        return answers.every((answer) => answer === second) || null
      },
      logs,
    )
    expect(await one.ask(['grep', '--count', 'interface lan7', '/run/hakube/keepalived.conf'])).toBe('1\n')
    expect(await one.ask(['conntrackd', '-C', '/run/hakube/conntrackd.conf', '-s', 'link'])).toMatch(/UDP/)
  })
})
