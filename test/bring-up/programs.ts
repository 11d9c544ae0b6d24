import type { Reply } from './shell.ts'
import type { Machine, World } from './model.ts'
import { etcdGateway } from './etcd-gateway.ts'
import { readConfiguration } from './kubeadm-configuration.ts'
import { createToken, init, markControlPlane, uploadCertificates } from './kubeadm-init.ts'
import { join, prepareCertificates } from './kubeadm-join.ts'
import { reset } from './kubeadm-reset.ts'
import { type Kubeadm, Refusal, severalRuntimes } from './kubeadm.ts'
import { kubectl } from './kubectl.ts'
import { type Life, PowerCut, TookTooLong } from './power.ts'
import {
  apiAnswers,
  apiReady,
  clusterBehindEndpoint,
  startKubelet,
  stopKubelet,
  validToken,
} from './world.ts'

/** What the simulated world begins with, in seconds since 1970. */
const beginning = Date.UTC(2026, 0, 1) / 1000

/** Answers of the world to one machine's programs. */
export type Programs = {
  /** What changes nothing: may be asked again to see whether the answer is another one now; null for other programs. */
  question(words: readonly string[]): Reply | null
  /** All other programs. */
  deed(words: readonly string[], life: Life): Promise<Reply>
}

const failed = (error: string, status = 1): Reply => ({ status, error: `${error}\n` })
const done = (output = ''): Reply => ({ status: 0, output })

/** `date [--utc] [--date=WHEN] +FORMAT` as the scripts use it. */
function date(now: number, words: readonly string[]): Reply {
  const when = words.find((word) => word.startsWith('--date='))?.slice(7)
  const hours = /^\+(\d+) hours$/.exec(when ?? '')?.[1]
  const seconds = when === undefined ? now : hours ? now + Number(hours) * 3600 : Date.parse(when) / 1000
  if (Number.isNaN(seconds)) return failed(`date: invalid date '${when}'`)
  if (words.includes('+%s')) return done(`${Math.floor(seconds)}\n`)
  return done(`${new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')}\n`)
}

/** Does curl print what it was answered, and what is its status then? */
function answered(words: readonly string[], status: number, body: string): Reply {
  if (status >= 400 && words.includes('--fail'))
    return failed(`curl: (22) The requested URL returned error: ${status}`, 22)
  return done(words.includes('--output') ? '' : body)
}

const refused = failed('curl: (7) Failed to connect: Connection refused', 7)

/** API servers and etcd, by the address that was asked. */
function curl(world: World, machine: Machine, words: readonly string[]): Reply {
  const url = new URL(words.find((word) => word.startsWith('https://')) ?? 'https://nowhere')
  const certificate = words[words.indexOf('--cacert') + 1] ?? ''
  if (!machine.disk.has(machine.disk.own(certificate)))
    return failed(`curl: (77) error setting certificate file`, 77)
  const asked = world.machines.find(({ address }) => address === url.hostname)
  if (url.port === '2379') {
    if (!asked?.etcd || !asked.on) return refused
    const { status, body } = etcdGateway(world, asked.etcd.cluster, asked.etcd.member, url.pathname, words)
    return answered(words, status, body)
  }
  // It listens for other members whether there is a majority or not, and ends what has no certificate.
  if (url.port === '2380') return asked?.etcd && asked.on ? failed('curl: (56) SSL read: alert', 56) : refused
  const shared = url.origin === world.endpoint
  const objects = shared ? clusterBehindEndpoint(world)?.objects : asked?.etcd?.cluster.objects
  if (!objects || (!shared && (!asked || !apiAnswers(world, asked)))) return refused
  const ready = shared || (asked !== undefined && apiReady(world, asked))
  switch (url.pathname) {
    case '/version':
      return answered(words, 200, '{}')
    case '/readyz':
      return answered(words, ready ? 200 : 500, ready ? 'ok' : '[-]etcd failed')
    case '/api/v1/namespaces/kube-public/configmaps/cluster-info': {
      if (!ready || !objects.discovery) return answered(words, 404, '{}')
      const valid = [...objects.tokens.keys()].filter((token) => validToken(world, objects, token))
      return answered(
        words,
        200,
        `{${valid.map((token) => `"jws-kubeconfig-${token.split('.')[0]}": "…"`).join(', ')}}`,
      )
    }
    default:
      return answered(words, 404, '{}')
  }
}

async function kubeadm(run: Kubeadm, words: readonly string[]): Promise<Reply> {
  const { machine, life } = run
  const first = words.findIndex((word) => word.startsWith('-'))
  const command = (first < 0 ? words : words.slice(0, first)).join(' ')
  const option = (name: string): string => words[words.indexOf(name) + 1] ?? ''
  life.moment(`kubeadm ${command}`)
  switch (command) {
    case 'init':
      await init(run, words)
      break
    case 'join':
      await join(run, words)
      break
    case 'reset':
      await reset(run, words)
      break
    case 'init phase upload-certs':
      await life.pass(1, command)
      uploadCertificates(run, readConfiguration(machine, words).certificateKey)
      break
    case 'init phase bootstrap-token': {
      await life.pass(1, command)
      const { token, timeToLive } = readConfiguration(machine, words)
      createToken(run, token, timeToLive)
      break
    }
    case 'init phase kubeconfig admin': {
      const { socket, certificatesDirectory } = readConfiguration(machine, words)
      if (!socket) throw severalRuntimes
      if (!machine.disk.has(`${machine.disk.own(certificatesDirectory)}/ca.key`))
        throw new Refusal('no ca.key')
      machine.disk.write(`${machine.disk.own(option('--kubeconfig-dir'))}/admin.conf`)
      break
    }
    case 'join phase control-plane-prepare download-certs':
      await life.pass(2, command)
      prepareCertificates(run, readConfiguration(machine, words))
      break
    case 'join phase control-plane-prepare certs':
      await life.pass(2, command)
      machine.disk.write('/etc/kubernetes/pki/apiserver-etcd-client.crt')
      break
    case 'join phase control-plane-join update-status':
      break
    case 'join phase control-plane-join mark-control-plane':
      await life.pass(1, command)
      markControlPlane(run)
      break
    default:
      throw new Error(`the simulation knows no kubeadm ${words.join(' ')}`)
  }
  life.moment(`after kubeadm ${command}`)
  return done()
}

/** Where it is written down that a unit runs again at the next boot. */
export const enabled = (unit: string): string => `/etc/systemd/system/enabled/${unit}`

function systemctl(world: World, machine: Machine, words: readonly string[]): Reply {
  const [verb, ...units] = words.filter((word) => !word.startsWith('-'))
  for (const unit of units) {
    if (unit === 'kubelet.service' || unit === 'kubelet') {
      if (verb === 'is-active') return machine.kubelet ? done() : failed('', 3)
      if (verb === 'stop' || verb === 'restart') stopKubelet(world, machine)
      if (verb === 'start' || verb === 'restart') startKubelet(world, machine)
      continue
    }
    const now = words.includes('--now')
    if (verb === 'enable') machine.disk.write(enabled(unit))
    if (verb === 'disable') machine.disk.remove(enabled(unit))
    if (verb === 'stop' || (verb === 'disable' && now)) machine.units.delete(unit)
    if (verb === 'start' || verb === 'restart' || (verb === 'enable' && now)) world.startTimer(machine, unit)
  }
  return done()
}

export function programsOf(world: World, machine: Machine): Programs {
  const now = () => beginning + world.clock.now()
  return {
    question([program, ...words]) {
      if (program === 'curl' && !words.includes('--data')) return curl(world, machine, words)
      if (program === 'kubectl' && words.includes('get')) return kubectl(world, machine, words, beginning)
      if (program === 'date') return date(now(), words)
      return null
    },
    async deed([program = '', ...words], life) {
      try {
        switch (program) {
          case 'kubeadm':
            return await kubeadm({ world, machine, life }, words)
          case 'curl':
            life.moment('before curl')
            return curl(world, machine, words)
          case 'kubectl':
            life.moment('before kubectl')
            return kubectl(world, machine, words, beginning)
          case 'systemctl':
            life.moment('before systemctl')
            return systemctl(world, machine, words)
          case 'sleep':
            await life.pass(Number(words[0]), 'sleep')
            return done()
          default:
            throw new Error(`the simulation knows no ${program}`)
        }
      } catch (error) {
        if (error instanceof PowerCut || error instanceof TookTooLong) return 'cut'
        if (!(error instanceof Refusal)) throw error
        return failed(`error execution phase: ${error.message}`)
      }
    },
  }
}
