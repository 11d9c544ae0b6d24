import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { describeWithCluster } from '../kubernetes-programs.ts'
import { until } from '../support/processes.ts'
import { losePowerUnderWatch } from './failover.ts'
import { observe, powerOnSeed, rackPrograms, shuffled, type Observer } from './observer.ts'
import { openClusterRack, type ClusterRack } from './rack.ts'

/*
 * Real Kubernetes 1.20.2 whose haproxy has port 6443 of the virtual address on the control planes, where the API servers have it on
 * all other addresses.
 */

const source = new URL('control-plane-profile.yaml', import.meta.url)
const virtual = '10.10.10.19'

describeWithCluster('a cluster whose haproxy and API servers share a port', rackPrograms, (directory) => {
  let rack: ClusterRack
  let observer: Observer
  const controlPlanes = ['control-plane-1', 'control-plane-2', 'control-plane-3']
  const all = [...controlPlanes, 'worker-1']

  beforeAll(async () => {
    const place = mkdtempSync(join(tmpdir(), 'hakube-rack-'))
    const file = join(place, 'profile.yaml')
    const text = readFileSync(source, 'utf8')
    if (!text.includes('port: 8443')) throw new Error(`no port to change in ${source.pathname}`)
    writeFileSync(file, text.replace('port: 8443', 'port: 6443'))
    const remove = () => rmSync(place, { recursive: true })
    rack = await openClusterRack(directory, { file, secrets: ['--ephemeral-secrets'], remove })
    observer = observe(rack)
    return async () => {
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) await rack.keepLogs(`${keep}-api-port`)
      await rack.close()
    }
  })

  const on = async (name: string, ...command: string[]) => (await rack.machine(name).run(command)).stdout
  const holder = () =>
    until('the API address is somewhere', 30, async () => {
      for (const name of controlPlanes)
        if (await on(name, 'ip', '-o', 'address', 'show', 'to', virtual)) return name
      return null
    })
  /** What a worker hears at an address, which it verifies. */
  const asked = (address: string) =>
    on(
      'worker-1',
      'curl',
      '--silent',
      '--show-error',
      '--max-time',
      '5',
      '--cacert',
      '/etc/kubernetes/pki/ca.crt',
      `https://${address}:6443/readyz`,
    )

  it('forms a cluster', async () => {
    const order = shuffled(all, powerOnSeed)
    observer.begin()
    observer.say(`switched on in this order (HAKUBE_SEED=${powerOnSeed}): ${order.join(', ')}`)
    for (const name of order) await rack.powerOn(name)
    await observer.members(all, 500)
    await observer.nodesReady('control-plane-1', all, 120)
    await observer.machinesReady(all, 300)
    expect(await observer.verify(all)).toEqual(Object.fromEntries(all.map((name) => [name, []])))
    expect(await asked(virtual)).toBe('ok')
    expect(await on('worker-1', 'grep', '-h', 'server:', '/etc/kubernetes/kubelet.conf')).toContain(
      `https://${virtual}:6443`,
    )
  })

  it('answers with haproxy at the virtual address, and with the API server everywhere else', async () => {
    for (const name of controlPlanes) {
      const listeners = await on(
        name,
        'ss',
        '--listening',
        '--tcp',
        '--numeric',
        '--processes',
        '--no-header',
      )
      const found = listeners
        .split('\n')
        .filter((line) => /:6443\s/.test(line))
        .map((line) => `${/(\S+):6443\s/.exec(line)?.[1]} ${/"([^"]+)"/.exec(line)?.[1]}`)
      expect([...new Set(found)].toSorted()).toEqual(['* kube-apiserver', `${virtual} haproxy`])
    }
  })

  it('answers at the virtual address while the API server of its holder is down', async () => {
    const name = await holder()
    const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'
    await on(name, 'mv', manifest, '/root/')
    const own = `10.10.10.1${Number(name.at(-1)) + 2}`
    await until('its API server is gone', 120, async () => ((await asked(own)) === '' ? true : null))
    await until('haproxy knows', 30, async () => ((await asked(virtual)) === 'ok' ? true : null))
    expect(await holder()).toBe(name)
    await on(name, 'mv', '/root/kube-apiserver.yaml', manifest)
    await until('its API server is back', 200, async () => ((await asked(own)) === 'ok' ? true : null))
  })

  it('answers at the virtual address while no haproxy runs', async () => {
    const name = await holder()
    await on(name, 'systemctl', 'stop', 'haproxy')
    // The address has not moved yet, or it has: someone answers in any case.
    expect(await asked(virtual)).toBe('ok')
    await until('the address moves', 60, async () => ((await holder()) === name ? null : true))
    expect(await asked(virtual)).toBe('ok')
    for (const each of controlPlanes) await on(each, 'systemctl', 'stop', 'haproxy')
    await holder()
    await until('an API server answers itself', 30, async () =>
      (await asked(virtual)) === 'ok' ? true : null,
    )
    for (const each of controlPlanes) await on(each, 'systemctl', 'start', 'haproxy')
    for (const each of controlPlanes)
      expect(await on(each, 'systemctl', 'is-active', 'haproxy')).toBe('active\n')
    expect(await asked(virtual)).toBe('ok')
  })

  it('keeps its API address when the control plane that has it loses power', async () => {
    const lost = await losePowerUnderWatch(rack, observer, virtual, controlPlanes)
    await observer.machinesReady([lost], 200)
    await observer.nodesReady(lost, all, 100)
    expect(await observer.verify(all)).toEqual(Object.fromEntries(all.map((name) => [name, []])))
  })
})
