import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { boot, format, modules, removeGroups, runc, shim } from './container-scripts.ts'
import type { Network, Outcome } from './namespaces.ts'

/* container-scripts.ts explains what a machine is here, and what its environment provides. */

export type ContainerMachine = {
  name: string
  mac: string
  /** Switches it on. `commandLine`: what a boot loader would give to the kernel for cloud-init. */
  powerOn(commandLine: readonly string[]): Promise<void>
  /** Everything in it ends at once; the disk is kept. */
  pullThePlug(): Promise<void>
  /** Inserts an empty disk; the machine must be off. */
  reinstall(): Promise<void>
  /** Puts files on its disk, by their paths; the machine must be off. */
  write(files: Readonly<Record<string, string>>): Promise<void>
  /**
   * Runs a program inside, as root. A status other than 0 is not an error here; without a machine the status is null.
   *
   * @param input its standard input; empty by default
   */
  run(command: readonly string[], timeout?: number, input?: Uint8Array): Promise<Outcome>
  isOn(): boolean
  /** Everything that its console has shown since the first power-on. */
  console(): string
}

export type Containers = {
  /** @param system the image that it starts from, where that is not the one of all */
  machine(name: string, mac: string, system?: string): Promise<ContainerMachine>
  /** Pulls all plugs and removes everything. */
  close(): Promise<void>
}

const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` }

function run(command: readonly string[], timeout?: number, input?: Uint8Array): Promise<Outcome> {
  const [program = '', ...args] = command
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'], timeout })
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', (error) => resolve({ status: null, stdout, stderr: error.message }))
    child.on('close', (status) => resolve({ status, stdout, stderr }))
  })
}

async function must(...command: string[]): Promise<void> {
  const { status, stderr } = await run(command)
  if (status !== 0) throw new Error(`${command.join(' ')}: status ${status}: ${stderr}`)
}

const readOr = (path: string, otherwise: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}

/** The machine's init, as seen from here: the first process of the second PID namespace below the holder's. */
function findInit(holder: number): number | null {
  let level = [holder]
  while (level.length > 0) {
    const next: number[] = []
    for (const pid of level) {
      const numbers =
        /^NSpid:(.*)$/m
          .exec(readOr(`/proc/${pid}/status`, ''))?.[1]
          ?.trim()
          .split(/\s+/) ?? []
      if (numbers.length >= 3 && numbers.at(-1) === '1') return pid
      const children = readOr(`/proc/${pid}/task/${pid}/children`, '').trim()
      if (children) next.push(...children.split(' ').map(Number))
    }
    level = next
  }
  return null
}

/** Removes control groups whose processes were killed. They may need a moment for it. */
async function removeControlGroups(list: string): Promise<void> {
  const paths = readOr(list, '').split('\n').filter(Boolean)
  if (paths.length === 0) return
  await must('bash', '-c', removeGroups, '-', ...paths)
  await rm(list, { force: true })
}

/** Left by tests that were killed: their directories, and the control groups listed there. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    const pid = /^cluster-run-(\d+)$/.exec(name)?.[1]
    if (pid === undefined || readOr(`/proc/${pid}/comm`, '') !== '') continue
    const directory = join(cache, name)
    for (const machine of await readdir(directory).catch(() => []))
      await removeControlGroups(join(directory, machine, 'control-groups'))
    await rm(directory, { recursive: true, force: true })
  }
}

/**
 * @param image a directory as scripts/cluster-image.sh makes it: `root` and `containerd`
 * @param cache a directory on the same plain file system, where the machines' disks are for as long as the test runs
 */
export async function openContainers(network: Network, image: string, cache: string): Promise<Containers> {
  for (const { name, path } of modules)
    if (!existsSync(path)) throw new Error(`this kernel has no ${name}: modprobe ${name}`)
  await removeLeftovers(cache)
  const own = join(cache, `cluster-run-${process.pid}`)
  const support = join(own, 'support')
  const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()
  const builtIn = join(support, 'lib/modules', release)
  await mkdir(builtIn, { recursive: true })
  await writeFile(join(builtIn, 'modules.builtin'), modules.map(({ file }) => `${file}\n`).join(''))
  await writeFile(join(builtIn, 'modules.order'), '')
  await must('depmod', '--basedir', support, release)
  await writeFile(join(support, 'chrony'), 'DAEMON_OPTS="-x -F 1"\n')
  await writeFile(join(support, 'runc'), runc, { mode: 0o755 })
  await writeFile(join(support, 'boot'), boot, { mode: 0o755 })
  await writeFile(join(support, 'shim'), shim, { mode: 0o755 })
  const machines: ContainerMachine[] = []

  async function machine(name: string, mac: string, system = image): Promise<ContainerMachine> {
    const directory = join(own, name)
    const consoleFile = join(own, `${name}.console`)
    const group = `hakube-${process.pid}-${name}`
    let holder: ChildProcess | null = null
    let unplug: (() => Promise<void>) | null = null
    await must('bash', '-c', format, '-', directory, system)
    await writeFile(consoleFile, '')

    const made: ContainerMachine = {
      name,
      mac,
      isOn: () => holder !== null,
      console: () => readOr(consoleFile, ''),
      async powerOn(commandLine) {
        if (holder) throw new Error(`${name} is on`)
        const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
        const child = spawn(
          'setpriv',
          ['--pdeathsig', 'KILL', 'unshare', ...namespaces, join(support, 'boot')].concat(
            [directory, name, system, support, group],
            commandLine,
          ),
          { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
        )
        holder = child
        const screen = createWriteStream(consoleFile, { flags: 'a' })
        child.stderr.pipe(screen, { end: false })
        await new Promise<void>((resolve, reject) => {
          child.stdout.setEncoding('utf8').on('data', (text: string) => {
            if (text.includes('namespaces-are-there')) resolve()
            screen.write(text)
          })
          child.on('exit', () => reject(new Error(`${name} did not start: ${readOr(consoleFile, '')}`)))
        })
        const inside = readOr(`/proc/${child.pid}/task/${child.pid}/children`, '').trim()
        unplug = await network.plug(Number(inside), { name: 'eth0', mac })
      },
      async pullThePlug() {
        if (!holder) return
        const child = holder
        const ended = new Promise((resolve) => child.once('exit', resolve))
        if (child.exitCode === null && child.signalCode === null) {
          child.kill('SIGKILL')
          await ended
        }
        holder = null
        await unplug?.()
        unplug = null
        await removeControlGroups(join(directory, 'control-groups'))
      },
      async reinstall() {
        if (holder) throw new Error(`${name} is on`)
        await must('bash', '-c', format, '-', directory, system)
      },
      async write(files) {
        if (holder) throw new Error(`${name} is on`)
        for (const [path, text] of Object.entries(files)) {
          const place = join(directory, 'upper', path)
          await mkdir(dirname(place), { recursive: true })
          await writeFile(place, text, { mode: 0o600 })
        }
      },
      async run(command, timeout = 300_000, input) {
        const init = holder?.pid === undefined ? null : findInit(holder.pid)
        if (init === null) return { status: null, stdout: '', stderr: `${name} is off` }
        const enter = [
          'nsenter',
          '--target',
          String(init),
          '--mount',
          '--uts',
          '--ipc',
          '--net',
          '--pid',
          '--root',
          '--wd',
        ]
        const clean = [
          'env',
          '-i',
          'HOME=/root',
          'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ]
        return run([...enter, ...clean, 'KUBECONFIG=/etc/kubernetes/admin.conf', ...command], timeout, input)
      },
    }
    machines.push(made)
    return made
  }

  return {
    machine,
    async close() {
      await Promise.all(machines.map((each) => each.pullThePlug()))
      await rm(own, { recursive: true, force: true })
    },
  }
}
