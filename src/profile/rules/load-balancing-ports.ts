import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { apiServerPort, defaults, sharedApiPort } from '../defaults.ts'
import type { Profile } from '../schema.ts'
import type { LoadBalancingPlacement } from '../schema-load-balancing.ts'
import { isOff } from './conflict.ts'

/* Ports of haproxy, and of other programs on the same machines. */

type Balancing = NonNullable<Profile['loadBalancing']>

/** A port that is bound on every address of the machine, so that haproxy cannot use it on a virtual one. */
type Taken = { by: string; port: number }

const sshd: Taken = { port: 22, by: 'sshd' }
const portsPage = 'https://kubernetes.io/docs/reference/networking/ports-and-protocols/'
const onControlPlanes: readonly Taken[] = [
  sshd,
  { port: apiServerPort, by: 'the API server' },
  { port: 10_250, by: 'the kubelet' },
  { port: 10_256, by: 'kube-proxy' },
]
const onWorkers: readonly Taken[] = [
  sshd,
  { port: 10_250, by: 'the kubelet' },
  { port: 10_256, by: 'kube-proxy' },
]

/** Ports on the virtual addresses, and those of the ingress controller on the workers. */
export function checkPorts({ api, ingress }: Balancing, placement: LoadBalancingPlacement): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const shared = placement !== 'dedicated'
  const taken = shared ? onControlPlanes : [sshd]
  const another = 'write another port'
  const check = (port: number | undefined, key: string[], list: readonly Taken[], hint = another) => {
    const other = list.find((each) => each.port === port)
    if (!other) return
    diagnostics.push(
      error('load-balancing/port-taken', `${other.by} uses port ${other.port} on the same machine`, {
        hint,
        path: ['loadBalancing', ...key],
        source: portsPage,
      }),
    )
  }
  const ofApi = shared
    ? `write port: ${sharedApiPort}, or remove it: that is the default on control planes`
    : another
  // haproxy and the API server share its port: --permit-port-sharing.
  const besideApi = taken.filter(({ port }) => port !== apiServerPort)
  check(api.port, ['api', 'port'], besideApi, ofApi)
  if (!ingress) return diagnostics
  check(ingress.httpPort, ['ingress', 'httpPort'], taken)
  check(ingress.httpsPort, ['ingress', 'httpsPort'], taken)
  check(ingress.workerHttpPort, ['ingress', 'workerHttpPort'], onWorkers)
  check(ingress.workerHttpsPort, ['ingress', 'workerHttpsPort'], onWorkers)
  const { httpPort = defaults.httpPort, httpsPort = defaults.httpsPort } = ingress
  const { workerHttpPort = httpPort, workerHttpsPort = httpsPort } = ingress
  if (httpPort === httpsPort) diagnostics.push(samePort(httpPort, 'httpPort', 'httpsPort', ingress))
  else if (workerHttpPort === workerHttpsPort) {
    diagnostics.push(samePort(workerHttpPort, 'workerHttpPort', 'workerHttpsPort', ingress))
  }
  return diagnostics
}

/** If haproxy uses the API server's port, the API server must let other programs bind it on other addresses. */
export function checkSharing({ kubernetes }: Profile, { api }: Balancing): Diagnostic[] {
  const name = 'permit-port-sharing'
  const given = kubernetes.apiServerArguments?.[name]
  if (api.port !== apiServerPort || given === undefined || !isOff(String(given))) return []
  return [
    error('arguments/conflict', `haproxy and the API server share port ${apiServerPort} on control planes`, {
      hint: `remove ${name}, or write port: ${sharedApiPort} under loadBalancing.api`,
      path: ['kubernetes', 'apiServerArguments', name],
      onKey: true,
      related: [{ path: ['loadBalancing', 'api', 'port'], message: 'the shared port' }],
      source: 'https://man7.org/linux/man-pages/man7/socket.7.html',
    }),
  ]
}

function samePort(
  port: number,
  http: string,
  https: string,
  ingress: NonNullable<Balancing['ingress']>,
): Diagnostic {
  const key = Object.hasOwn(ingress, https) ? https : http
  return error('load-balancing/same-port', `${http} and ${https} are both ${port}`, {
    hint: 'write two different ports',
    path: ['loadBalancing', 'ingress', key],
  })
}
