import { createHash } from 'node:crypto'
import { prepareSite, type ServedSite } from '../../src/server/served-site.ts'
import { reporterOf } from '../../src/secrets/report-token.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { machineFiles, siteFile } from '../site/files.ts'
import type { Readers } from '../../src/server/page/access.ts'
import { createHeard, type Heard } from '../../src/server/syslog/heard.ts'
import { operate, type Operated, post, stoppedClock, tokenOf } from './operated.ts'
import { ask } from './serve.ts'

const members = [
  ['lb-1', 'load-balancer'],
  ['cp-1', 'control-plane'],
  ['cp-2', 'control-plane'],
  ['cp-3', 'control-plane'],
  ['worker-1', 'worker'],
  ['worker-2', 'worker'],
  ['worker-3', 'worker'],
  ['worker-4', 'worker'],
] as const

export const macOf = (name: string): string =>
  `52-54-00-00-00-${String(members.findIndex(([each]) => each === name) + 11)}`

const steps = ['packages', 'kernel', 'sysctl', 'start-containerd', 'kubeadm']

export const addressOf = (name: string): string =>
  `10.10.10.${members.findIndex(([each]) => each === name) + 11}`

export type Rack = Operated & { heard: Heard; say: (name: string, line: string) => void }

/** A server for the rack, which hears what the machines say. */
export async function operateRack(readers: Readers = 'local'): Promise<Rack> {
  const clock = stoppedClock()
  const heard = createHeard(clock.now)
  const running = await operate({}, true, () => {}, { readers, heard, now: clock.now })
  running.server.replaceSite(rackSite())
  heard.siteIs(rackSite())
  return { ...running, clock, heard, say: (name, line) => heard.hear(addressOf(name), Buffer.from(line)) }
}

/** A rack as people have it. */
export function rackSite(): ServedSite {
  const machines = members.map(([name, role]) => ({
    name,
    role,
    address: addressOf(name),
    macs: [macOf(name)] as const,
    reporter: reporterOf(tokenOf(name)),
  }))
  const files = machines.flatMap(({ name, macs }) => machineFiles(name, macs[0]))
  return prepareSite(machinesByMac(machines), [siteFile('boot.ipxe', '#!ipxe\n'), ...files], {
    deadline: 60,
    described: {
      name: 'rack-7',
      commit: '0123456789ab',
      commits: new Map(),
      server: 'http://10.10.10.5:8080',
      machines: new Map(machines.map(({ macs, role, address }) => [macs[0], { role, address }])),
      steps: () => steps,
    },
  })
}

const keyOf = (word: string): string => createHash('sha256').update(word).digest('hex')

/** Brings the machines of the rack into all the states that there are. */
export async function bringIntoStates({ port, keeper, clock, say }: Rack): Promise<void> {
  const arm = (...names: string[]) => post(port, '/api/v1/arm', JSON.stringify({ machines: names }))
  const report = (name: string, body: object) =>
    post(port, `/api/v1/machines/${macOf(name)}/report`, JSON.stringify(body), tokenOf(name))
  const install = async (name: string): Promise<void> => {
    await ask(port, `/ipxe/${macOf(name)}`)
    await ask(port, `/kickstart/${macOf(name)}.ks`)
  }
  await arm('lb-1', 'cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2', 'worker-3')
  for (const name of ['lb-1', 'cp-1', 'cp-2', 'worker-1', 'worker-2']) await install(name)
  await ask(port, `/ipxe/${macOf('worker-3')}`)
  say('cp-2', '<14>anaconda: Starting package installation process')
  say('cp-2', '<11>packaging: /dev/sr0: no medium found')
  clock.pass(12)
  for (const name of ['lb-1', 'cp-1', 'cp-2', 'worker-1']) await report(name, { state: 'installed' })
  await report('lb-1', { state: 'ready' })
  await report('cp-1', { state: 'configuring', step: 'sysctl' })
  await report('cp-2', { state: 'configuring', step: 'packages' })
  say('cp-2', '<14>hakube: step 1 of 5, packages: try 1')
  clock.pass(3)
  say('cp-2', '<11>dnf: Curl error (7): Could not connect to mirror: no route to host, password: hunter2')
  await report('cp-2', {
    state: 'failed',
    step: 'packages',
    text: "Error: Failed to download metadata for repo 'kubernetes': Cannot download repomd.xml\n<b>no route to host</b>",
  })
  const about = { time: keeper.now(), mac: macOf('worker-2'), name: 'worker-2' }
  await keeper.record({ type: 'enrolled', ...about, from: addressOf('worker-2'), key: keyOf('its own') })
  await keeper.record({ type: 'conflict', ...about, from: '10.10.10.99', key: keyOf('of another') })
  await ask(port, '/ipxe/52-54-00-ff-ff-01?manufacturer=Dell&product=PowerEdge+R650&serial=7XK2')
  clock.pass(2)
}
