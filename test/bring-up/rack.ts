import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Cluster, Machine as RealMachine } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { compareVersions } from '../../src/text/versions.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { admissionText, uploadsCertificates } from '../../src/components/kubeadm/authorities.ts'
import { components } from '../../src/components/index.ts'
import { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile, testSecrets } from '../example.ts'
import { virtualClock } from './clock.ts'
import { openDisk } from './disk.ts'
import type { Machine, World } from './model.ts'
import { lifeOf } from './power.ts'
import { enliven, scriptsOf } from './runner.ts'
import { openShells } from './shell.ts'

/** Three control planes, five workers, and load balancers that are only an address which answers from some time on. */
export function profileOf(version: string): Profile {
  const profile = exampleProfile()
  const more = [4, 5].map((number) => ({
    name: `sample-kube-worker-00${number}`,
    role: 'worker' as const,
    mac: `52:54:00:aa:bb:1${number}`,
    address: `10.10.10.3${number}`,
  }))
  return Profile.parse({
    ...profile,
    kubernetes: { ...profile.kubernetes, version },
    // Machines begin with all their files: how they get them is the subject of test/enrolment.
    secrets: { ...profile.secrets, delivery: 'inline' },
    machines: [...profile.machines, ...more],
  })
}

/*
 * Paths in the scripts are absolute. Each machine's stand below its own directory instead, which is the one change that is made to
 * them: namespaces and bind mounts would leave them as they are, but take root, and two processes more for each try.
 */
const ownPaths = (text: string, root: string): string =>
  text.replace(/(?<=^|[\s"'=(<>:{])\/(?=(?:etc|var|run|usr|root)\/)/gm, `${root}/`)

/** What the simulated clock could not reach, and what would differ from run to run. */
const ownClock = /\$\{?(?:EPOCHSECONDS|EPOCHREALTIME|SECONDS|RANDOM|SRANDOM)\b|%\([^)]*\)T/

function layScript(path: string, text: string, root: string): void {
  const found = ownClock.exec(text)
  if (found) throw new Error(`${path} reads the clock past the simulation: ${found[0]}`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, ownPaths(text, root), { mode: 0o755 })
}

/** Seconds after which a timer starts its service again. */
function secondsOf(timer: string): number {
  const found = /^OnUnitInactiveSec=(\d+)$/m.exec(timer)
  if (!found) throw new Error(`the simulation knows only OnUnitInactiveSec=:\n${timer}`)
  return Number(found[1])
}

const ofKubeadm = /^\/etc\/(?:hakube|kubernetes)\/|^\/usr\/(?:libexec|sbin)\/hakube/

/** Puts the rendered files of a machine below `directory` once; its disk is a copy of them. */
function render(cluster: Cluster, real: RealMachine, directory: string): Omit<Machine, 'disk'> {
  const root = join(directory, 'disks', real.name)
  const assembly = assemble(components, cluster, real)
  const files = machineFiles(cluster, assembly)
  for (const { path, content } of files) {
    if (!ofKubeadm.test(path) || path.includes('/steps/') || path.includes('/checks/')) continue
    const text = textOf(content)
    const target = join(directory, 'new', real.name, path)
    if (path.startsWith('/usr/')) layScript(target, text, root)
    else {
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, text)
    }
  }
  const scripts = join(directory, 'scripts', real.name)
  const steps = assembly.steps.map(({ name, script, component }) => {
    if (component !== 'kubeadm') return { name, script: null }
    const path = join(scripts, name)
    layScript(path, textOf(script), root)
    return { name, script: path }
  })
  const timers = assembly.units
    .filter(
      ({ name, component, content }) =>
        component === 'kubeadm' && name.endsWith('.timer') && content !== undefined,
    )
    .map(({ name, content }) => {
      const service = files.find(({ path }) => path.endsWith(`/${name.replace(/\.timer$/, '.service')}`))
      const program = /^ExecStart=(\S+)$/m.exec(service ? textOf(service.content) : '')?.[1]
      const file = files.find(({ path }) => path === program)
      if (!program || !file) throw new Error(`no service of ${name}`)
      const path = join(scripts, basename(program))
      layScript(path, textOf(file.content), root)
      return [name, { script: path, seconds: secondsOf(textOf(content!)) }] as const
    })
  return {
    name: real.name,
    role: real.role,
    address: real.address,
    initializes: real.initializes,
    steps,
    timers: new Map(timers),
    slowness: 1,
    on: false,
    boot: 0,
    finished: false,
    installation: 0,
    kubelet: false,
    kubeletSince: 0,
    api: false,
    etcd: null,
    lastReady: -Infinity,
    units: new Set(),
    fuse: null,
    cuts: [],
    stepFuse: null,
    moments: [],
    rebootsAfterSteps: false,
    darkness: 60,
    tears: 0,
    torn: false,
  }
}

export type Rack = {
  names: readonly string[]
  /** Machines as they are delivered, at the beginning of time. Ends what was before. */
  world(): World
  /** Gives a machine a new disk. It must be off. */
  reinstall(world: World, machine: Machine): void
  /** Runs `hakube secrets admission | hakube-admit` on a control plane. @returns its status, null when the power failed in it */
  admit(world: World, machine: Machine): Promise<number | null>
  /** What the scripts of a machine have printed in this world. */
  printed(machine: Machine): string
  close(): void
}

/** A rack for one world after the other, with the scripts that hakube renders for a version of Kubernetes. */
export function openRack(version: string, change: (profile: Profile) => Profile = (same) => same): Rack {
  // In memory where that is possible: each world writes some hundred small files.
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'hakube-bring-up-'))
  const cluster = resolve(change(profileOf(version)), new Map(), testSecrets)
  const nodes = cluster.machines.filter(({ role }) => role !== 'load-balancer')
  const rendered = nodes.map((machine) => render(cluster, machine, directory))
  const shells = openShells()
  const lay = (name: string) => {
    rmSync(join(directory, 'disks', name), { recursive: true, force: true })
    cpSync(join(directory, 'new', name), join(directory, 'disks', name), { recursive: true })
  }
  return {
    names: nodes.map(({ name }) => name),
    world() {
      shells.drop()
      const world: World = {
        clock: virtualClock(),
        machines: rendered.map((machine) => {
          lay(machine.name)
          for (const { script } of [...machine.steps, ...machine.timers.values()])
            if (script) rmSync(`${script}.log`, { force: true })
          return {
            ...machine,
            units: new Set(),
            cuts: [],
            moments: [],
            disk: openDisk(join(directory, 'disks', machine.name)),
          }
        }),
        clusters: [],
        learners: compareVersions(cluster.kubernetes.minor, '1.29') >= 0,
        writesStatus: compareVersions(cluster.kubernetes.minor, '1.22') < 0,
        notesSocket: compareVersions(cluster.kubernetes.minor, '1.34') < 0,
        external: cluster.etcd.placement !== 'stacked',
        endpoint: `https://${cluster.apiEndpoint.address}:${cluster.apiEndpoint.port}`,
        balancersFrom: 0,
        sparesGap: false,
        faults: [],
        history: [],
        ids: 0,
        switchOn: () => undefined,
        switchOff: () => undefined,
        startTimer: () => undefined,
      }
      enliven(world, scriptsOf(world, shells))
      return world
    },
    reinstall(_world, machine) {
      if (machine.on) throw new Error(`${machine.name} is on`)
      machine.installation += 1
      lay(machine.name)
    },
    async admit(world, machine) {
      const path = join(directory, 'scripts', machine.name, 'admit')
      const admission = `${path}.input`
      writeFileSync(admission, admissionText(cluster.secrets, uploadsCertificates(cluster)), { mode: 0o600 })
      const script = machine.disk.read('/usr/sbin/hakube-admit')
      writeFileSync(path, `exec <'${admission}'\n${script}`)
      let status: number | null = null
      world.clock.start(async () => {
        const life = lifeOf(world, machine)
        status = (await scriptsOf(world, shells).run(machine, path, life))?.status ?? null
      })
      await world.clock.run(world.clock.now() + 3600, () => status !== null)
      return status
    },
    printed: ({ steps, timers }) =>
      [...steps, ...timers.values()].map(({ script }) => (script ? readLog(`${script}.log`) : '')).join(''),
    close() {
      shells.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function readLog(path: string): string {
  const disk = openDisk(dirname(path))
  return disk.has(basename(path)) ? disk.read(basename(path)) : ''
}
