import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { findDistribution } from '../../distributions/index.ts'
import { compareVersions } from '../../distributions/kubernetes.ts'
import { defaults, usualBalancing } from '../defaults.ts'
import type { Profile } from '../schema.ts'
import { checkExternal, checkPods } from './load-balancing-placements.ts'
import type { Rule } from './rule.ts'

type Balancing = NonNullable<Profile['loadBalancing']>
type Placement = NonNullable<Balancing['placement']>

/** Who holds the virtual addresses, and on which ports. */
export const loadBalancingRules: Rule = ({ profile }) => {
  const number = (role: string) => profile.machines.filter((machine) => machine.role === role).length
  const balancers = number('load-balancer')
  const controlPlanes = number('control-plane')
  const { loadBalancing: balancing } = profile
  if (!balancing) return withoutBalancing(balancers, controlPlanes)
  const placement = balancing.placement ?? usualBalancing(profile.machines)
  const holders = placement === 'dedicated' ? balancers : controlPlanes
  if (placement === 'external') return [...checkPlacement(placement, balancers), ...checkExternal(balancing)]
  return [
    ...checkPlacement(placement, balancers),
    ...checkPods(balancing, placement),
    ...(placement === 'static-pod' ? [] : checkHaproxy(profile.distribution, balancing)),
    ...checkPorts(balancing, placement),
    ...checkRouterId(balancing),
    ...(placement === 'static-pod' ? [] : checkConnectionSync(balancing, holders)),
  ]
}

function withoutBalancing(balancers: number, controlPlanes: number): Diagnostic[] {
  const hint = 'add loadBalancing with api.address, a free address of the subnet'
  const place = { path: ['machines'], onKey: true }
  if (balancers > 0) {
    const message = 'there are load-balancer machines, but the profile does not say for which address'
    return [error('load-balancing/missing', message, { hint, ...place })]
  }
  if (controlPlanes < 2) return []
  return [
    error('load-balancing/missing', `${controlPlanes} control planes need one address for the API`, {
      hint,
      ...place,
      source: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/',
    }),
  ]
}

/**
 * The first that takes from the limit of open files how many connections it can have; logs to stderr came with 1.9, the name in checks
 * over TLS with 1.8. What came later (`http-check send`, 2.2) is written for those who know it only.
 */
const oldestHaproxy = '2.0'
const oldestHaproxySource = 'https://docs.haproxy.org/2.0/configuration.html#3.2-maxconn'

function checkHaproxy(
  { name, version }: Profile['distribution'],
  { haproxyPackage: own }: Balancing,
): Diagnostic[] {
  if (own) {
    if (!/^\d+\.\d+/.test(own.version) || compareVersions(own.version, oldestHaproxy) >= 0) return []
    const message = `haproxy ${own.version} cannot do all that hakube asks of it`
    const path = ['loadBalancing', 'haproxyPackage', 'version']
    const hint = `take haproxy ${oldestHaproxy} or later`
    return [error('load-balancing/old-haproxy', message, { hint, path, source: oldestHaproxySource })]
  }
  const distribution = findDistribution(name, version)
  if (!distribution || compareVersions(distribution.haproxyVersion, oldestHaproxy) >= 0) return []
  const message = `${distribution.title} has haproxy ${distribution.haproxyVersion}, which cannot do all that hakube asks of it`
  return [
    error('load-balancing/old-haproxy', message, {
      hint: `take a release with haproxy ${oldestHaproxy} or later, e.g. Rocky Linux 9, or give one by loadBalancing.haproxyPackage`,
      path: ['loadBalancing'],
      onKey: true,
      source: oldestHaproxySource,
    }),
  ]
}

function checkPlacement(placement: Placement, balancers: number): Diagnostic[] {
  const path = ['loadBalancing', 'placement']
  if (placement === 'dedicated' && balancers === 0) {
    return [
      error(
        'load-balancing/no-balancers',
        'placement is dedicated, but no machine has the role load-balancer',
        {
          hint: 'give two machines role: load-balancer, or write placement: control-plane',
          path,
        },
      ),
    ]
  }
  if (placement !== 'dedicated' && balancers > 0) {
    return [
      error(
        'load-balancing/idle-balancers',
        `placement is ${placement}, so ${balancers} load-balancer machines have no work`,
        {
          hint: 'remove placement, or give those machines another role',
          path,
        },
      ),
    ]
  }
  if (placement === 'dedicated' && balancers === 1) {
    return [
      warning('load-balancing/one-balancer', 'there is one load balancer: when it fails, the API is gone', {
        hint: 'give a second machine role: load-balancer, or remove it to balance on the control planes',
        path: ['machines'],
        onKey: true,
      }),
    ]
  }
  return []
}

/** Listens on every address of the machine, so that haproxy cannot have the port on a virtual one. */
type Taken = { by: string; port: number }

const sshd: Taken = { port: 22, by: 'sshd' }
const portsPage = 'https://kubernetes.io/docs/reference/networking/ports-and-protocols/'
const onControlPlanes: readonly Taken[] = [
  sshd,
  { port: 6443, by: 'the API server' },
  { port: 10_250, by: 'the kubelet' },
  { port: 10_256, by: 'kube-proxy' },
]
const onWorkers: readonly Taken[] = [
  sshd,
  { port: 10_250, by: 'the kubelet' },
  { port: 10_256, by: 'kube-proxy' },
]

function checkPorts({ api, ingress }: Balancing, placement: Placement): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const shared = placement !== 'dedicated'
  const taken = shared ? onControlPlanes : [sshd]
  const another = 'write another port'
  const check = (port: number | undefined, key: string[], list: readonly Taken[], hint = another) => {
    const other = list.find((each) => each.port === port)
    if (!other) return
    diagnostics.push(
      error('load-balancing/port-taken', `port ${other.port} is that of ${other.by} on the same machine`, {
        hint,
        path: ['loadBalancing', ...key],
        source: portsPage,
      }),
    )
  }
  const ofApi = shared ? 'write port: 8443, or remove it: that is the default on control planes' : another
  check(api.port, ['api', 'port'], taken, ofApi)
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

function checkRouterId({ virtualRouterId: id }: Balancing): Diagnostic[] {
  const path = ['loadBalancing', 'virtualRouterId']
  if (id === undefined) return []
  if (id < 1 || id > 255) {
    return [
      error('load-balancing/virtual-router-id', `${id} is not a virtual router id`, {
        hint: 'write a number from 1 to 255, or remove it: then it is derived from the name of the cluster',
        path,
        source: 'https://www.rfc-editor.org/rfc/rfc5798#section-5.2.3',
      }),
    ]
  }
  if (id !== 51) return []
  return [
    warning(
      'old-advice/virtual-router-id-51',
      'virtual router id 51 stands in every example, so others have it too',
      {
        hint: 'remove it: then it is derived from the name of the cluster',
        path,
        source: 'https://github.com/openshift/installer/issues/2966',
      },
    ),
  ]
}

function checkConnectionSync({ connectionSync, sourceAddress }: Balancing, holders: number): Diagnostic[] {
  if (connectionSync !== true) return []
  const path = ['loadBalancing', 'connectionSync']
  if (holders < 2) {
    const hint = 'remove it, or add a second load balancer'
    const message = 'connection tracking cannot be kept in step: only one machine balances load'
    return [warning('load-balancing/sync-alone', message, { hint, path })]
  }
  if (sourceAddress !== undefined) return []
  return [
    warning(
      'load-balancing/sync-without-source',
      'connectionSync keeps translated connections alive, and none is translated',
      {
        hint: 'remove it: connections that haproxy ends are lost with the machine in any case',
        path,
        source: 'conntrackd(8)',
      },
    ),
  ]
}
