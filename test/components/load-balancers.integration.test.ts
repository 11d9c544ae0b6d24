import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { openNetwork, type NamespacedMachine, type Network, type Running } from '../support/namespaces.ts'
import { until } from '../support/processes.ts'
import { changedCluster } from './host.ts'
import { openBalancer, openRack, outside, type Balancer, type Rack } from './load-balancer-rack.ts'

const needs = {
  root: true,
  linux: true,
  programs: [
    'haproxy',
    'keepalived',
    'conntrackd',
    'conntrack',
    'nft',
    'ip',
    'curl',
    'flock',
    'logger',
    'sysctl',
    'setsid',
    'unshare',
    'nsenter',
    'setpriv',
  ],
}

describeWith(needs, 'two load balancers in network namespaces', () => {
  const cluster = exampleCluster('external-load-balancers')
  const { api, ingress, sourceAddress } = cluster.loadBalancing!
  const readyz = `https://${api.address}:${api.port}/readyz`
  let rack: Rack
  let one: Balancer
  let other: Balancer

  beforeAll(async () => {
    rack = await openRack(cluster)
    ;[one, other] = rack.balancers
    await oneHolder(30)
  })
  afterAll(() => rack?.close())
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      for (const balancer of rack.balancers) process.stderr.write(`${balancer.logs()}\n`)
  })

  const get = async (url: string, from: NamespacedMachine = rack.clients[0]): Promise<string | null> => {
    const { status, stdout } = await from.run([
      'curl',
      '--silent',
      '--insecure',
      '--fail',
      '--noproxy',
      '*',
      '--max-time',
      '1',
      url,
    ])
    return status === 0 ? stdout.trim() : null
  }
  const holders = async () => {
    const all = await Promise.all(rack.balancers.map((balancer) => balancer.holds(api.address)))
    return rack.balancers.filter((_, index) => all[index]).map(({ name }) => name)
  }
  /** The first of the two is preferred: with both at work it has the addresses, and nobody else. */
  const oneHolder = (seconds: number) =>
    until('the first load balancer alone has the address', seconds, async () =>
      (await holders()).join() === one.name ? true : null,
    )

  it('finds the card by its MAC address', async () => {
    expect(await one.ask(['cat', '/run/hakube/interface.conf'])).toBe('$INTERFACE=lan7\n')
    const check = await one.run(['bash', '-s'], scriptOfCheck('interface'))
    expect(check).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('answers at the virtual addresses, from servers that are ready and have the right certificate', async () => {
    await until('an answer of the API', 120, () => get(readyz))
    // The last control plane's certificate is not an API server's: out after its first checks.
    const [first, second, impostor] = cluster.controlPlanes.map(({ address }) => address)
    await until('the impostor is out', 120, async () =>
      (await states(one)).get(impostor!) === 'DOWN' ? true : null,
    )
    expect(await answering(20, readyz)).toEqual([first, second])

    await rack.servers.put('/run/not-ready', `${first}\n`)
    await until('the first is out', 120, async () =>
      (await states(one)).get(first!) === 'DOWN' ? true : null,
    )
    expect(await answering(10, readyz)).toEqual([second])
    await rack.servers.put('/run/not-ready', '')
    await until('the first is back', 120, async () =>
      (await states(one)).get(first!) === 'UP' ? true : null,
    )

    const workers = cluster.workers.map(({ address }) => address)
    expect(await answering(20, `http://${ingress!.address}:${ingress!.httpPort}/`)).toEqual(workers)
    expect(await answering(20, `http://${ingress!.address}:${ingress!.httpsPort}/`)).toEqual(workers)
  })

  it('answers from the other machine after haproxy died, and has one holder while both run', async () => {
    expect(await holders()).toEqual([one.name])
    const killed = performance.now()
    await one.killHaproxy()
    await until('an answer from the other machine', 120, async () =>
      (await other.holds(api.address)) && (await get(readyz)) !== null ? true : null,
    )
    const taken = performance.now() - killed
    await until('the first gave up the address', 120, async () =>
      (await holders()).join() === other.name ? true : null,
    )

    const started = performance.now()
    await one.startHaproxy()
    await oneHolder(30)
    const back = performance.now() - started
    expect(await get(readyz)).not.toBeNull()
    process.stdout.write(
      `haproxy killed: answers from the other after ${seconds(taken)}; started: back after ${seconds(back)}\n`,
    )
  })

  it('translates to the source address, and translated connections survive a failover', async () => {
    // Both from the same port to the same server: the second gets another port in the translation, which the other load
    // balancer can only know from conntrackd.
    const port = 40_000
    const connections: Connection[] = []
    const before: string[] = []
    for (const client of rack.clients) {
      const connection = openConnection(client, port)
      connections.push(connection)
      before.push(await connection.say())
    }
    expect(before[0]).toBe(`${sourceAddress}:${port}`)
    expect(before[1]?.split(':')[0]).toBe(sourceAddress)
    expect(before[1]).not.toBe(before[0])

    const tuple = `src=10.10.10.51 dst=${outside.address} sport=${port} dport=${outside.port}`
    let known = ''
    await until(
      'the other load balancer knows the connection',
      120,
      async () => {
        known = await other.ask(['conntrackd', '-C', '/run/hakube/conntrackd.conf', '-e'])
        return known.includes(`ESTABLISHED ${tuple}`) || null
      },
      () => known,
    )

    // They talk all the time, the second more often: it must not get the port of the first while the address moves.
    const talks = connections.map((connection, index) => connection.talk(index === 1 ? 10 : 50))
    await one.killHaproxy()
    await until('the other has the address', 120, async () => (await other.holds(sourceAddress!)) || null)
    expect(await connections[1]!.say()).toBe(before[1])
    expect(await connections[0]!.say()).toBe(before[0])
    // Also in the kernel of the machine that took over, with the port of the first machine.
    const translated = before[1]!.split(':')[1]!
    const kernel = await other.ask(['conntrack', '-L', '-p', 'tcp', '--reply-port-dst', translated])
    expect(kernel).toContain(tuple)

    await one.startHaproxy()
    await oneHolder(30)
    expect(await connections[1]!.say()).toBe(before[1])
    expect(await connections[0]!.say()).toBe(before[0])
    for (const talk of talks) talk.stop()
    for (const [index, connection] of connections.entries())
      expect(new Set(connection.answers())).toEqual(new Set([before[index]]))
    for (const balancer of rack.balancers)
      expect(await balancer.run(['bash', '-s'], scriptOfCheck('source-address'))).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      })
  })

  const scriptOfCheck = (name: string) => one.checks.get(name)!

  /** Servers that answer when one asks many times, sorted. */
  async function answering(times: number, url: string): Promise<string[]> {
    const answers = new Set<string>()
    for (let time = 0; time < times; time += 1) answers.add((await get(url)) ?? 'none')
    return [...answers].toSorted((a, b) => a.localeCompare(b))
  }
})

describeWith(needs, 'other numbers of load balancers in network namespaces', () => {
  let network: Network
  beforeEach(async () => {
    network = await openNetwork()
  })
  afterEach(() => network?.close())

  it('takes the addresses with only one load balancer', async () => {
    const cluster = exampleCluster('rack-test')
    const alone = await openBalancer(cluster, cluster.balancers[0]!, network)
    const { api, ingress } = cluster.loadBalancing!
    for (const { address } of [api, ingress!])
      await until(
        `it has ${address}`,
        120,
        async () => (await alone.holds(address)) || null,
        () => alone.logs(),
      )
  })

  it('synchronizes connections between three load balancers', async () => {
    const cluster = changedCluster((profile) => {
      const machine = { role: 'load-balancer', mac: '52:54:00:aa:bb:09', address: '10.10.10.21' } as const
      profile.machines.push({ name: 'third', ...machine })
    })
    const balancers: Balancer[] = []
    for (const machine of cluster.balancers) balancers.push(await openBalancer(cluster, machine, network))
    const [first, ...others] = balancers
    await until(
      'the first has the address',
      120,
      async () => (await first!.holds('10.10.10.19')) || null,
      () => first!.logs(),
    )
    const tuple = ['-s', '10.10.10.99', '-d', outside.address, '--sport', '1000', '--dport', '80']
    await first!.ask(['conntrack', '-I', '-p', 'tcp', ...tuple, '--state', 'ESTABLISHED', '--timeout', '600'])
    for (const other of others) {
      const cache = () => other.ask(['conntrackd', '-C', '/run/hakube/conntrackd.conf', '-e'])
      const row = `src=10.10.10.99 dst=${outside.address} sport=1000 dport=80`
      await until(
        `${other.name} knows it`,
        120,
        async () => (await cache()).includes(row) || null,
        () => other.logs(),
      )
    }
  })
})

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`

type Connection = {
  /** Sends a line and gives the next answer to come. */
  say(): Promise<string>
  /** Sends a line every so many milliseconds. */
  talk(every: number): { stop(): void }
  /** All answers so far. */
  answers(): string[]
}

/** A TCP connection to the outside that stays open. */
function openConnection(client: NamespacedMachine, port: number): Connection {
  const script = `
    const socket = require('node:net').connect({ host: '${outside.address}', port: ${outside.port}, localPort: ${port} })
    process.stdin.pipe(socket)
    socket.pipe(process.stdout)`
  const running: Running = client.start(['node', '-e', script])
  const answers = () => running.output().split('\n').slice(0, -1)
  return {
    answers,
    async say() {
      const known = answers().length
      running.stdin?.write('hello\n')
      return until('an answer from the outside', 120, () => answers()[known] ?? null)
    },
    talk(every) {
      const timer = setInterval(() => running.stdin?.write('hello\n'), every)
      return { stop: () => clearInterval(timer) }
    },
  }
}

/** What haproxy thinks of the API servers, by address. */
async function states(balancer: Balancer): Promise<Map<string, string>> {
  const script = `
    const socket = require('node:net').connect('/run/haproxy.sock', () => socket.end('show stat\\n'))
    socket.pipe(process.stdout)`
  const rows = (await balancer.ask(['node', '-e', script])).split('\n').map((row) => row.split(','))
  const heading = rows[0]!
  const column = (name: string) => heading.indexOf(name)
  return new Map(
    rows
      .filter((row) => row[0] === 'kubernetes-api-servers' && row[column('addr')])
      .map((row) => [row[column('addr')]!.split(':')[0]!, row[column('status')]!]),
  )
}
