import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { describeWithCluster } from '../kubernetes-programs.ts'
import { observe, powerOnSeed, rackPrograms, shuffled, type Observer } from './observer.ts'
import { openClusterRack, type ClusterRack } from './rack.ts'

/*
 * Real Kubernetes 1.20.2 on a rack that is being renewed: of each role some machines have Debian 12, and others Debian 13.
 */

const source = new URL('profile.yaml', import.meta.url)
const newer = ['balancer-1', 'control-plane-2', 'worker-1'] as const

/** The profile of the cluster test with Debian 13 on some machines. */
function mixed(): string {
  const text = newer.reduce(
    (all, name) =>
      all.replace(
        new RegExp(`( {2}- name: ${name}\\n {4}role: .*\\n)`),
        "$1    distribution: {version: '13'}\n",
      ),
    readFileSync(source, 'utf8'),
  )
  if (text.split("version: '13'").length !== newer.length + 1)
    throw new Error(`not the machines of ${source.pathname}`)
  return text
}

describeWithCluster('a cluster of Debian 12 and 13', rackPrograms, (directory) => {
  let rack: ClusterRack
  let observer: Observer
  const nodes = ['control-plane-1', 'control-plane-2', 'control-plane-3', 'worker-1', 'worker-2']
  const all = ['balancer-1', 'balancer-2', ...nodes]

  beforeAll(async () => {
    const place = mkdtempSync(join(tmpdir(), 'hakube-rack-'))
    const file = join(place, 'profile.yaml')
    writeFileSync(file, mixed())
    const remove = () => rmSync(place, { recursive: true })
    const suites = Object.fromEntries(newer.map((name) => [name, 'trixie' as const]))
    rack = await openClusterRack(directory, { file, secrets: ['--ephemeral-secrets'], remove }, suites)
    observer = observe(rack)
    return async () => {
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) await rack.keepLogs(`${keep}-mixed-systems`)
      await rack.close()
    }
  })

  const on = async (name: string, ...command: string[]) => (await rack.machine(name).run(command)).stdout

  it('becomes ready, each machine with its own operating system', async () => {
    const order = shuffled(all, powerOnSeed)
    observer.begin()
    observer.say(`switched on in this order (HAKUBE_SEED=${powerOnSeed}): ${order.join(', ')}`)
    for (const name of order) await rack.powerOn(name)
    await observer.members(nodes, 600)
    await observer.nodesReady('control-plane-1', nodes, 200)
    await observer.machinesReady(all, 400)
    expect(await observer.verify(all)).toEqual(Object.fromEntries(all.map((name) => [name, []])))
    const releases = await Promise.all(
      all.map(async (name) => [name, (await on(name, 'cat', '/etc/debian_version')).replace(/\..*\s*/, '')]),
    )
    expect(releases).toEqual(all.map((name) => [name, newer.some((each) => each === name) ? '13' : '12']))
  })

  it('has one holder of the virtual address among load balancers of two releases, and the other takes over', async () => {
    const holds = async (name: string) =>
      (await on(name, 'ip', '-o', 'address', 'show', 'to', '10.10.10.19')) !== ''
    const holders = async () => {
      const found = await Promise.all(
        ['balancer-1', 'balancer-2'].map(async (name) => ((await holds(name)) ? [name] : [])),
      )
      return found.flat()
    }
    expect(await holders()).toEqual(['balancer-1'])
    await rack.machine('balancer-1').pullThePlug()
    await expect.poll(holders, { timeout: 30_000, interval: 500 }).toEqual(['balancer-2'])
    expect(
      await on(
        'worker-1',
        'curl',
        '--silent',
        '--max-time',
        '10',
        '--insecure',
        'https://10.10.10.19:6443/readyz',
      ),
    ).toBe('ok')
  })
})
