import { readFileSync } from 'node:fs'
import { pack } from 'tar-stream'
import { parse } from 'yaml'
import { exampleFile } from '../example.ts'
import { program } from '../commands/hakube.ts'
import { type NamespacedMachine, openNetwork, type Running } from '../support/namespaces.ts'
import { until } from '../support/processes.ts'

/* A rack in namespaces: the real `hakube serve` with a real bundle, machines that have what their seeds say, and strangers. */

/** What the tests need of the machine that they run on. */
export const needs = {
  root: true,
  linux: true,
  programs: [
    'unshare',
    'nsenter',
    'setpriv',
    'ip',
    'tcpdump',
    'age-keygen',
    'curl',
    'openssl',
    'flock',
    'setsid',
  ],
}

/** One try of a machine to get its secrets. */
export const enrol = '/usr/libexec/hakube/enrol'

export const controlPlane = {
  name: 'sample-kube-master-001',
  mac: '52:54:00:aa:bb:03',
  address: '10.10.10.13',
}
export const balancer = { name: 'sample-haproxy-001', mac: '52:54:00:aa:bb:01', address: '10.10.10.11' }
export type Known = typeof controlPlane

export const server = 'http://10.10.10.5:8080'
export const secure = 'https://10.10.10.5:8443'
const directory = '/var/lib/rack'
const dashes = (mac: string): string => mac.replaceAll(':', '-')
export const below = ({ mac }: Known): string => `${secure}/api/v1/machines/${dashes(mac)}`

const usualProfile = (delivery: string): string =>
  readFileSync(exampleFile('external-load-balancers'), 'utf8').replace(
    /^server:.*$/m,
    `server: ${server}\nsecrets:\n  delivery: ${delivery}`,
  )

export type Rack = {
  serving: NamespacedMachine
  /** All that the server has said so far. */
  log(): string
  hakube(...words: string[]): Promise<string>
  arm(known: Known): Promise<void>
  /** A machine on the switch with nothing on it. */
  machine(name: string, address: string, mac?: string): Promise<NamespacedMachine>
  /** A machine with the files of its seed, as cloud-init leaves them, but with its steps and checks only if `whole`. */
  seeded(known: Known, on?: NamespacedMachine, whole?: boolean): Promise<NamespacedMachine>
  /** Ends the server as a power cut does, and starts it again. */
  restart(): Promise<void>
  /** What has gone over the wire of the server. */
  captured(): Promise<Buffer>
  /** Every secret text of the bundle. */
  secrets(): Promise<string[]>
  close(): Promise<void>
}

type WriteFile = { path: string; permissions: string; content: string; encoding?: string }

async function archive(files: readonly WriteFile[]): Promise<string> {
  const tar = pack()
  for (const { path, permissions, content, encoding } of files)
    tar.entry(
      { name: path.slice(1), mode: Number.parseInt(permissions, 8) },
      Buffer.from(content, encoding === 'b64' ? 'base64' : 'utf8'),
    )
  tar.finalize()
  const pieces: Uint8Array[] = []
  for await (const piece of tar) pieces.push(piece as Uint8Array)
  return Buffer.concat(pieces).toString('base64')
}

/** Texts of at least 16 characters below a value; lines of keys one by one. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string')
    return value
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.length >= 16 && !line.startsWith('-----'))
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : []
}

/** @param profile its text; its server must be the one above */
export async function openRack(delivery = 'enrolled', profile = usualProfile(delivery)): Promise<Rack> {
  const network = await openNetwork()
  const node = process.execPath
  const serving = await network.machine('server')
  await serving.connect({ name: 'eth0', addresses: ['10.10.10.5/24'] })
  await serving.put(`${directory}/profile.yaml`, profile)
  const inDirectory = (...words: string[]) => ['env', '-C', directory, ...words]
  const environment = ['env', `HAKUBE_AGE_KEY_FILE=${directory}/key`, 'HOME=/root', node, program]
  await serving.ask(inDirectory('age-keygen', '-o', 'key'))
  const recipient = (await serving.ask(inDirectory('age-keygen', '-y', 'key'))).trim()
  const hakube = (...words: string[]) => serving.ask(inDirectory(...environment, ...words))
  await hakube('secrets', 'init', 'profile.yaml', '--recipient', recipient)
  const capture = serving.start([
    'tcpdump',
    '-i',
    'eth0',
    '-U',
    '--immediate-mode',
    '-s',
    '0',
    '-Z',
    'root',
    '-w',
    '/var/capture',
  ])
  await until(
    'tcpdump listens',
    30,
    () => (capture.output().includes('listening on') ? true : null),
    capture.output,
  )
  let log = ''
  let running: Running
  const start = async (): Promise<void> => {
    running = serving.start(
      inDirectory(
        ...environment,
        'serve',
        'profile.yaml',
        '--listen',
        '10.10.10.5:8080',
        '--state',
        `${directory}/state`,
      ),
    )
    for (const stream of [running.stdout, running.stderr]) stream?.on('data', (text: string) => (log += text))
    const last = delivery === 'enrolled' ? 'machines enrol on' : 'hakube serves'
    await until(
      'the server listens',
      60,
      () => (running.output().includes(last) ? true : null),
      running.output,
    )
  }
  await serving.ask(['mkdir', '-m', '0700', `${directory}/state`])
  await start()
  const token = (await serving.ask(['cat', `${directory}/state/operator-token`])).trim()
  const rack: Rack = {
    serving,
    log: () => log,
    hakube,
    async arm({ name }) {
      const header = `Authorization: Bearer ${token}`
      const body = JSON.stringify({ machines: [name] })
      await serving.ask(['curl', '-sSf', '-H', header, '--data', body, `${server}/api/v1/arm`])
    },
    async machine(name, address, mac) {
      const machine = await network.machine(name)
      await machine.connect({
        name: 'eth0',
        ...(mac === undefined ? {} : { mac }),
        addresses: [`${address}/24`],
      })
      return machine
    },
    async seeded(known, on, whole = false) {
      const machine = on ?? (await rack.machine(known.name, known.address, known.mac))
      const url = `${server}/seed/${dashes(known.mac)}/user-data`
      const { write_files: files } = parse(await machine.ask(['curl', '-sSf', url])) as {
        write_files: WriteFile[]
      }
      await machine.ask(
        ['bash', '-c', 'base64 -d | tar --extract --directory=/ --no-same-owner'],
        await archive(files),
      )
      // No rendered step runs here.
      await machine.ask([
        'bash',
        '-c',
        `${whole ? '' : 'rm -f /usr/libexec/hakube/steps/* /usr/libexec/hakube/checks/*; '}mkdir -p /var/lib/hakube`,
      ])
      return machine
    },
    async restart() {
      const ended = new Promise((resolve) => running.once('exit', resolve))
      await serving.run(['pkill', '-KILL', '-f', `${directory}/state`])
      await ended
      await start()
    },
    async captured() {
      await serving.ask(['sync'])
      return Buffer.from(await serving.ask(['base64', '-w', '0', '/var/capture']), 'base64')
    },
    async secrets() {
      const {
        authorities,
        serviceAccount,
        machines,
        enrolment,
        server: own,
        recipients: _,
        ...others
      } = JSON.parse(await hakube('secrets', 'show', 'profile.yaml', '--reveal')) as Record<
        string,
        Record<string, unknown>
      >
      const keysOf = (value: unknown): unknown[] =>
        value !== null && typeof value === 'object'
          ? Object.entries(value).flatMap(([name, inner]) =>
              name === 'key' || name === 'privateKey' ? [inner] : keysOf(inner),
            )
          : []
      return [authorities, serviceAccount, machines, enrolment, own]
        .flatMap(keysOf)
        .concat(others)
        .flatMap(textsIn)
    },
    close: () => network.close(),
  }
  return rack
}
