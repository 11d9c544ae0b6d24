import { until } from '../support/processes.ts'
import type { ClusterRack } from './rack.ts'

export type Observer = {
  /** Starts the clock of all that is printed. */
  begin(): void
  say(what: string): void
  /** Asks the cluster, from this machine. @returns what is printed, nothing when it fails */
  kubectl(from: string, ...args: string[]): Promise<string>
  /** Asks the member of etcd on this control plane. @returns what is printed */
  etcdctl(from: string, ...args: string[]): Promise<string>
  /** Members of etcd as this control plane sees them, e.g. `started control-plane-1`. */
  etcdMembers(from: string): Promise<string[]>
  /** Waits until kubeadm came to its end on all of these. */
  members(names: readonly string[], seconds: number): Promise<void>
  /** Waits until the cluster has these nodes and no others, all ready. */
  nodesReady(from: string, names: readonly string[], seconds: number): Promise<void>
  /** Waits until the machines say themselves that they are ready. */
  machinesReady(names: readonly string[], seconds: number): Promise<void>
  /** Runs hakube-verify everywhere. @returns what failed, by machine; all of it is expected to be empty */
  verify(names: readonly string[]): Promise<Record<string, readonly string[]>>
}

/** Looks into the machines of a rack until they are what they should be, and prints when that was. */
export function observe(rack: ClusterRack): Observer {
  let began = Date.now()
  const say = (what: string): void => {
    process.stdout.write(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${what}\n`)
  }

  /** Waits until a question is answered with yes about each of them. */
  async function each(
    what: string,
    names: readonly string[],
    seconds: number,
    ask: (name: string) => Promise<boolean>,
  ): Promise<void> {
    const missing = new Set(names)
    try {
      await until(what, seconds, async () => {
        for (const name of missing) {
          if (!(await ask(name))) continue
          missing.delete(name)
          say(`${name}: ${what}`)
        }
        return missing.size === 0 ? true : null
      })
    } catch (error) {
      throw new Error(`missing: ${[...missing].join(', ')}\n${await rack.lastWords()}`, { cause: error })
    }
  }

  const kubectl = async (from: string, ...args: string[]): Promise<string> =>
    (await rack.machine(from).run(['kubectl', '--request-timeout=10s', ...args])).stdout

  async function etcdctl(from: string, ...args: string[]): Promise<string> {
    const pki = '/etc/kubernetes/pki/etcd'
    const trust = ['--endpoints=https://127.0.0.1:2379', `--cacert=${pki}/ca.crt`]
    const own = [`--cert=${pki}/peer.crt`, `--key=${pki}/peer.key`]
    return (await rack.machine(from).run(['env', 'ETCDCTL_API=3', 'etcdctl', ...trust, ...own, ...args]))
      .stdout
  }

  async function readyNodes(from: string): Promise<string[]> {
    const rows =
      '{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}'
    const text = await kubectl(from, 'get', 'nodes', '--output', `jsonpath=${rows}`)
    return text.split('\n').filter(Boolean).toSorted()
  }

  return {
    begin() {
      began = Date.now()
    },
    say,
    kubectl,
    etcdctl,
    async etcdMembers(from) {
      const lines = (await etcdctl(from, 'member', 'list')).split('\n').filter(Boolean)
      return lines.map((line) => line.split(', ').slice(1, 3).join(' ')).toSorted()
    },
    members: (names, seconds) =>
      each('a member', names, seconds, async (name) => {
        const { status } = await rack.machine(name).run(['test', '-e', '/var/lib/hakube/kubeadm/member'])
        return status === 0
      }),
    async nodesReady(from, names, seconds) {
      const wanted = names.map((name) => `${name} True`).toSorted()
      let found: string[] = []
      await until(
        `ready nodes: ${names.join(', ')}`,
        seconds,
        async () => {
          found = await readyNodes(from)
          return found.join() === wanted.join() ? true : null
        },
        () => found.join('\n'),
      )
      say('all nodes are ready')
    },
    machinesReady: (names, seconds) =>
      each('ready', names, seconds, async (name) => {
        // Since the last boot: the disk may remember an earlier one.
        const look = 'test -e /run/hakube/verified && cat /var/lib/hakube/status.json'
        const { stdout } = await rack.machine(name).run(['sh', '-c', look])
        return stdout !== '' && (JSON.parse(stdout) as { state: string }).state === 'ready'
      }),
    async verify(names) {
      const results = names.map(async (name) => {
        const { status, stdout } = await rack.machine(name).run(['hakube-verify'])
        const failed = stdout.split('\n').filter((line) => !/^(ok |$)/.test(line))
        return [name, status === 0 ? failed : [`status ${status}`, ...failed]] as const
      })
      return Object.fromEntries(await Promise.all(results))
    },
  }
}

/** Order by a seed (mulberry32 for the numbers, Fisher and Yates for the order). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const left = [...items]
  const result: T[] = []
  while (left.length > 0) result.push(...left.splice(Math.floor(random() * left.length), 1))
  return result
}

/** Repeated by HAKUBE_SEED. */
export const powerOnSeed = Number(process.env['HAKUBE_SEED'] ?? Date.now() % 1_000_000)

/** What a rack of containers needs. */
export const rackPrograms = [
  'systemd-nspawn',
  'mmdebstrap',
  'dpkg-deb',
  'gcc',
  'python3',
  'unshare',
  'setpriv',
  'nsenter',
  'ip',
  'dnsmasq',
  'chronyd',
  'curl',
  'depmod',
  'tar',
  'xz',
]
