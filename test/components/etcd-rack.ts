import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { certificateNeeds } from '../../src/cluster/certificate-needs.ts'
import { resolve, resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { systemSources } from '../../src/secrets/sources.ts'
import { ephemeralSecrets } from '../../src/secrets/ephemeral.ts'
import { textOf } from '../../src/templates/template.ts'
import { openNetwork, type NamespacedMachine, type Outcome, type Running } from '../support/namespaces.ts'

/** A member as it is on a machine, without systemd: the test runs what the unit's lines say. */
export type Member = Omit<NamespacedMachine, 'start'> & {
  machine: Machine
  unit: Unit
  /** ExecStartPre of the unit, as its user. */
  prepare(): Promise<Outcome>
  /** ExecStart, until `stop`. */
  launch(): Running
  /** Both, again and again as systemd does, until etcd runs. @returns what ExecStartPre printed, try by try */
  start(): Promise<string[]>
  /** As if the power went. */
  kill(): Promise<void>
  step(name: string): Promise<Outcome>
  check(name: string): Promise<Outcome>
  etcdctl(...words: string[]): Promise<Outcome>
  /** What etcd has printed since it was launched last. */
  log(): string
}

/** The lines of [Service] by their name; some names stand more than once. */
export type Unit = ReadonlyMap<string, readonly string[]>

export function serviceLines(text: string): Unit {
  const [, section = ''] = /^\[Service\]\n([^[]*)/m.exec(text) ?? []
  const lines = new Map<string, string[]>()
  for (const [, name = '', value = ''] of section.matchAll(/^([A-Za-z]+)=(.*)$/gm))
    lines.set(name, [...(lines.get(name) ?? []), value])
  return lines
}

export const one = (unit: Unit, name: string): string => {
  const values = unit.get(name) ?? []
  if (values.length !== 1) throw new Error(`${name} stands ${values.length} times in the unit`)
  return values[0]!
}

/** What systemd does for a line of the unit, in bash: the files of variables, the runtime directory, the user. */
export function asUnit(unit: Unit, line: string): string[] {
  const files = (unit.get('EnvironmentFile') ?? []).map((file) =>
    file.startsWith('-') ? `[[ ! -e ${file.slice(1)} ]] || . ${file.slice(1)}` : `. ${file}`,
  )
  const [user, group] = [one(unit, 'User'), one(unit, 'Group')]
  const directory = `/run/${one(unit, 'RuntimeDirectory')}`
  const script = [
    'set -euo pipefail',
    `install -d -m ${one(unit, 'RuntimeDirectoryMode')} -o ${user} -g ${group} ${directory}`,
    'set -a',
    ...files,
    'set +a',
    `exec setpriv --reuid=${user} --regid=${group} --init-groups --no-new-privs ${line}`,
  ]
  return ['bash', '-c', script.join('\n')]
}

export type EtcdRack = {
  cluster: Cluster
  members: readonly [Member, Member, Member]
  /** A control plane where etcd has machines of its own. */
  controlPlane: NamespacedMachine & { step(name: string): Promise<Outcome> }
  close(): Promise<void>
}

/** A cluster with real certificates, whose machines begin with all their files. */
export async function realCluster(profile: Profile): Promise<Cluster> {
  const inline: Profile = { ...profile, secrets: { ...profile.secrets, delivery: 'inline' } }
  const needs = certificateNeeds(resolveWithoutSecrets(inline, new Map()))
  return resolve(inline, new Map(), await ephemeralSecrets(systemSources, needs))
}

/** Three members and a control plane with their rendered files, nothing started. */
export async function openEtcdRack(cluster: Cluster): Promise<EtcdRack> {
  const network = await openNetwork()
  async function furnish(machine: Machine) {
    const host = await network.machine(machine.name)
    await host.connect({ name: 'card0', addresses: [`${machine.address}/${cluster.network.prefixLength}`] })
    const files = machineFiles(cluster, assemble(components, cluster, machine))
    const wanted = files.filter(({ path }) =>
      /^\/(?:etc\/etcd|etc\/flanneld|etc\/hakube|etc\/systemd\/system\/(?:etcd|hakube-etcd)|usr)\b/.test(
        path,
      ),
    )
    const text = (pattern: RegExp) => textOf(wanted.find(({ path }) => pattern.test(path))!.content)
    for (const { path, content, mode } of wanted) await host.put(path, textOf(content), mode)
    const step = (name: string) =>
      // The runner begins a step again; nobody here has half an hour for it to wait in.
      host.run(['bash', '-c', `HAKUBE_PATIENCE=2 exec /usr/libexec/hakube/steps/[0-9]*-${name} 2>&1`])
    const check = (name: string) =>
      host.run(['bash', '-c', `exec /usr/libexec/hakube/checks/[0-9]*-${name} 2>&1`])
    return { host, text, step, check }
  }
  async function openMember(machine: Machine): Promise<Member> {
    const { host, text, step, check } = await furnish(machine)
    const unit = serviceLines(text(/\/etcd\.service$/))
    let running: Running | null = null
    let last: Running | null = null
    const prepare = () => host.run(asUnit(unit, one(unit, 'ExecStartPre')))
    const launch = () => (last = running = host.start(asUnit(unit, one(unit, 'ExecStart'))))
    return {
      ...host,
      machine,
      unit,
      prepare,
      launch,
      step,
      check,
      log: () => last?.output() ?? '',
      async start() {
        const outputs: string[] = []
        for (let tries = 0; tries < 30; tries += 1) {
          const { status, stdout } = await prepare()
          outputs.push(stdout)
          if (status === 0) {
            launch()
            return outputs
          }
          await sleep(1000)
        }
        throw new Error(`${machine.name} does not start:\n${outputs.join('')}`)
      },
      async kill() {
        const child = running
        running = null
        if (!child || child.exitCode !== null || child.signalCode !== null) return
        const ended = new Promise((done) => child.once('exit', done))
        // Just launched, it may not have become etcd yet.
        const again = setInterval(() => void host.run(['pkill', '-KILL', '-x', 'etcd']), 200)
        await ended
        clearInterval(again)
      },
      etcdctl: (...words) => host.run(['/usr/sbin/hakube-etcdctl', ...words]),
    }
  }
  try {
    const [first, second, third] = cluster.etcd.members
    const members = [await openMember(first!), await openMember(second!), await openMember(third!)] as const
    const { host, step } = await furnish(cluster.controlPlanes[0]!)
    return { cluster, members, controlPlane: { ...host, step }, close: () => network.close() }
  } catch (fault) {
    await network.close()
    throw fault
  }
}
