import { prepareSite, type ServedSite } from '../../src/server/served-site.ts'
import { reporterOf } from '../../src/secrets/report-token.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { machineFiles, siteFile } from '../site/files.ts'
import { type Operated, post, tokenOf } from './operated.ts'
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

/** A rack as people have it. */
export function rackSite(): ServedSite {
  const machines = members.map(([name, role], index) => ({
    name,
    role,
    address: `10.10.10.${11 + index}`,
    macs: [macOf(name)] as const,
    reporter: reporterOf(tokenOf(name)),
  }))
  const files = machines.flatMap(({ name, macs }) => machineFiles(name, macs[0]))
  return prepareSite(machinesByMac(machines), [siteFile('boot.ipxe', '#!ipxe\n'), ...files], {
    deadline: 60,
    described: {
      name: 'rack-7',
      commit: '0123456789ab',
      server: 'http://10.10.10.5:8080',
      machines: new Map(machines.map(({ macs, role, address }) => [macs[0], { role, address }])),
      steps: () => steps,
    },
  })
}

/** Brings the machines of the rack into all the states that there are. */
export async function bringIntoStates({ port, keeper, clock }: Operated): Promise<void> {
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
  clock.pass(12)
  for (const name of ['lb-1', 'cp-1', 'cp-2']) await report(name, { state: 'installed' })
  await report('lb-1', { state: 'ready' })
  await report('cp-1', { state: 'configuring', step: 'sysctl' })
  await report('cp-2', { state: 'configuring', step: 'packages' })
  clock.pass(3)
  await report('cp-2', {
    state: 'failed',
    step: 'packages',
    text: "Error: Failed to download metadata for repo 'kubernetes': Cannot download repomd.xml\n<b>no route to host</b>",
  })
  const about = { time: keeper.now(), mac: macOf('worker-2'), name: 'worker-2', key: 'a'.repeat(64) }
  await keeper.record({ type: 'enrolled', ...about, from: '10.10.10.17' })
  await keeper.record({ type: 'conflict', ...about, from: '10.10.10.99', key: 'b'.repeat(64) })
  await ask(port, '/ipxe/52-54-00-ff-ff-01?manufacturer=Dell&product=PowerEdge+R650&serial=7XK2')
  clock.pass(2)
}
