import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/*
 * Machines in namespaces: each has its own network interfaces, processes and files below /etc, /usr, /var and /run, so that
 * rendered bytes are at their rendered paths and real programs read them there. The namespaces have no names and belong to
 * one process each, which dies with the process of the test: nothing stays behind, even after a kill.
 */

export type Outcome = { status: number | null; stdout: string; stderr: string }
export type Running = ChildProcess & { output: () => string }

export type NamespacedMachine = {
  name: string
  /** Runs a program to its end. A status other than 0 is not an error here. */
  run(command: readonly string[], input?: string): Promise<Outcome>
  /** Runs a program to its end and returns what it prints. @throws when it fails */
  ask(command: readonly string[], input?: string): Promise<string>
  /** Starts a program in the background; `output` is everything that it has printed. */
  start(command: readonly string[]): Running
  /** Writes a file, and creates its directory. */
  put(path: string, text: string, mode?: string): Promise<void>
  /** Gives the machine an interface on the network. */
  connect(card: Card): Promise<void>
}

/** `addresses` with their prefix length, e.g. `10.10.10.11/24`; `gateway`: default route. */
export type Card = { name: string; mac?: string; addresses: readonly string[]; gateway?: string }

/** Several machines on one switch (a bridge in a separate namespace). */
export type Network = {
  machine(name: string): Promise<NamespacedMachine>
  /** Gives the network namespace of any process a card on this switch, which is down. @returns how to pull its cable out for good */
  plug(pid: number, card: Pick<Card, 'name' | 'mac'>): Promise<() => Promise<void>>
  /** Ends all processes of all machines, and the machines. */
  close(): Promise<void>
}

const runFile = promisify(execFile)

/** Programs of administrators are not in every user's path. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` }

/** Own copies of the directories that get files; a fresh /sys, because it shows the cards of the namespace that mounted it. */
const furnish = `
set -eu
mount -t tmpfs tmpfs /mnt
for directory in etc usr var; do
  mkdir -p "/mnt/$directory/upper" "/mnt/$directory/work"
  mount -t overlay overlay -o "lowerdir=/$directory,upperdir=/mnt/$directory/upper,workdir=/mnt/$directory/work" "/$directory"
done
mount -t tmpfs tmpfs /run
mkdir -p /run/lock
mount -t sysfs sysfs /sys
ip link set lo up
echo ready
# The first process of a machine reaps all others.
sleep infinity &
wait
`

/** Process that holds the namespaces, from outside; it ends with this process (setpriv) and takes all others with it. */
async function holdNamespaces(): Promise<{ holder: ChildProcess; pid: number }> {
  const holder = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      'unshare',
      '--net',
      '--mount',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
    ].concat('bash', '-c', furnish),
    { stdio: ['ignore', 'pipe', 'pipe'], env },
  )
  let output = ''
  await new Promise<void>((resolve, reject) => {
    holder.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    holder.stdout.setEncoding('utf8').on('data', (text: string) => text.includes('ready') && resolve())
    holder.on('error', reject)
    holder.on('exit', (status) => reject(new Error(`no namespaces: status ${status}: ${output}`)))
  })
  const children = await readFile(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8')
  return { holder, pid: Number(children.trim()) }
}

export async function openNetwork(): Promise<Network> {
  const machines: { holder: ChildProcess; pid: number }[] = []
  const bridge = await holdNamespaces()
  machines.push(bridge)
  const onBridge = (...command: string[]) =>
    runFile('nsenter', ['--target', String(bridge.pid), '--net', ...command], { env })
  await onBridge('ip', 'link', 'add', 'bridge', 'type', 'bridge')
  await onBridge('ip', 'link', 'set', 'bridge', 'up')
  let ports = 0

  async function plug(pid: number, { name, mac }: Pick<Card, 'name' | 'mac'>): Promise<() => Promise<void>> {
    const port = `port${(ports += 1)}`
    const peer = ['peer', 'name', name, ...(mac ? ['address', mac] : []), 'netns', String(pid)]
    await onBridge('ip', 'link', 'add', port, 'type', 'veth', ...peer)
    await onBridge('ip', 'link', 'set', port, 'master', 'bridge', 'up')
    return async () => {
      // It may be gone with the namespace at the other end.
      await onBridge('ip', 'link', 'delete', port).catch(() => {})
    }
  }

  async function connect(pid: number, inside: (...command: string[]) => Promise<unknown>, card: Card) {
    await plug(pid, card)
    for (const address of card.addresses) await inside('ip', 'address', 'add', address, 'dev', card.name)
    await inside('ip', 'link', 'set', card.name, 'up')
    if (card.gateway) await inside('ip', 'route', 'add', 'default', 'via', card.gateway)
  }

  return {
    plug,
    async machine(name) {
      const held = await holdNamespaces()
      machines.push(held)
      const entered = ['--target', String(held.pid), '--net', '--mount', '--pid', '--']
      const start = (command: readonly string[], input?: string): Running => {
        const child = spawn('nsenter', [...entered, ...command], { stdio: ['pipe', 'pipe', 'pipe'], env })
        let output = ''
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding('utf8').on('data', (text: string) => (output += text))
        child.on('error', (error) => (output += error.message))
        // A program that does not read its input closes the pipe, which is not an error.
        child.stdin.on('error', () => {})
        if (input !== undefined) child.stdin.end(input)
        return Object.assign(child, { output: () => output })
      }
      const run = (command: readonly string[], input = '') =>
        new Promise<Outcome>((resolve, reject) => {
          const child = start(command, input)
          let stdout = ''
          let stderr = ''
          child.stdout?.on('data', (text: string) => (stdout += text))
          child.stderr?.on('data', (text: string) => (stderr += text))
          child.on('error', reject)
          child.on('close', (status) => resolve({ status, stdout, stderr }))
        })
      const ask = async (command: readonly string[], input?: string) => {
        const { status, stdout, stderr } = await run(command, input)
        if (status !== 0)
          throw new Error(`${name}: ${command.join(' ')}: status ${status}: ${stderr}${stdout}`)
        return stdout
      }
      return {
        name,
        run,
        ask,
        start,
        async put(path, text, mode = '0644') {
          const write = 'mkdir -p "${1%/*}" && cat >"$1" && chmod "$2" "$1"'
          await ask(['bash', '-c', write, '-', path, mode], text)
        },
        connect: (card) => connect(held.pid, (...command) => ask(command), card),
      }
    },
    async close() {
      await Promise.all(
        machines.map(async ({ holder }) => {
          if (holder.exitCode !== null || holder.signalCode !== null) return
          const ended = new Promise((resolve) => holder.once('exit', resolve))
          holder.kill('SIGKILL')
          await ended
        }),
      )
    },
  }
}
