import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { until } from '../support/processes.ts'
import { ofBothFamilies } from './balancers.ts'
import { openRack, type Balancer, type Rack } from './load-balancer-rack.ts'

const programs = ['haproxy', 'keepalived', 'conntrackd', 'conntrack', 'nft', 'ip', 'curl', 'sysctl', 'setsid']
const needs = { root: true, linux: true, programs: [...programs, 'unshare', 'nsenter', 'setpriv'] }

describeWith(needs, 'two load balancers with addresses of both families, in network namespaces', () => {
  const cluster = ofBothFamilies()
  const { api, ingress } = cluster.loadBalancing!
  const addresses = [...api.addresses, ...ingress!.addresses]
  const urls = [
    ...api.addresses.map((address) => `https://${inUrl(address)}:${api.port}/readyz`),
    ...ingress!.addresses.map((address) => `http://${inUrl(address)}:${ingress!.httpPort}/`),
  ]
  let rack: Rack
  let one: Balancer
  let other: Balancer

  beforeAll(async () => {
    rack = await openRack(cluster)
    ;[one, other] = rack.balancers
    await holder(one, 30)
  })
  afterAll(() => rack?.close())
  afterEach(({ task }) => {
    if (task.result?.state === 'fail')
      for (const balancer of rack.balancers) process.stderr.write(`${balancer.logs()}\n`)
  })

  const held = async (balancer: Balancer) => {
    const all = await Promise.all(addresses.map((address) => balancer.holds(address)))
    return addresses.filter((_, index) => all[index])
  }
  /** One machine has all of the addresses, the other none. */
  const holder = (wanted: Balancer, seconds: number) =>
    until(`${wanted.name} alone has all addresses`, seconds, async () => {
      const theirs = await Promise.all(
        rack.balancers.filter((balancer) => balancer !== wanted).map((balancer) => held(balancer)),
      )
      return (await held(wanted)).length === addresses.length && theirs.flat().length === 0 ? true : null
    })
  const answers = async () => {
    const asked = urls.map((url) =>
      rack.clients[0].run([
        'curl',
        '--silent',
        '--insecure',
        '--fail',
        '--noproxy',
        '*',
        '--max-time',
        '2',
        url,
      ]),
    )
    return (await Promise.all(asked)).map(({ status }) => status)
  }
  const allAnswer = (seconds: number) =>
    until('answers at all addresses', seconds, async () =>
      (await answers()).every((status) => status === 0) ? true : null,
    )

  it('answer at all addresses', async () => {
    await allAnswer(30)
    for (const balancer of rack.balancers)
      expect(await verify(balancer)).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('move all addresses together, and back', async () => {
    await one.killHaproxy()
    await holder(other, 10)
    await allAnswer(10)
    await one.startHaproxy()
    await holder(one, 30)
    await allAnswer(10)
  })

  it('fail their check if a machine holds only some addresses', async () => {
    await other.ask(['ip', 'address', 'add', 'fd00:10:10::19/64', 'dev', 'lan7', 'nodad'])
    const { status, stdout } = await verify(other)
    expect([status, stdout.split('\n')[0]]).toEqual([1, 'this machine holds 1 of 5 virtual addresses'])
  })
})

const inUrl = (address: string) => (address.includes(':') ? `[${address}]` : address)

/** Runs hakube's own check of a machine. */
function verify(balancer: Balancer) {
  // There is no systemd in a namespace.
  const script = balancer.checks.get('keepalived')!.replace(/^if ! systemctl[^]*?^fi$/m, '')
  return balancer.run(['bash', '-s'], script)
}
