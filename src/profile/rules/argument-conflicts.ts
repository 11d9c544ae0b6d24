import { suggest } from '../../diagnostics/suggest.ts'
import type { Program } from '../../distributions/arguments/index.ts'
import { parseAddress } from '../../network/addresses.ts'
import { parseDuration } from '../../text/duration.ts'
import { apiServerPort } from '../defaults.ts'
import { parseNodePorts, usualNodePorts } from '../port-ranges.ts'
import type { Profile } from '../schema.ts'
import { argumentPlaces } from './component-arguments.ts'
import { asDiagnostics, type Conflict, isLoopback, isOff, items } from './conflict.ts'
import { requiredControllers } from './controllers.ts'
import type { Rule } from './rule.ts'

type Check = (value: string, profile: Profile) => Conflict | null

const admissionPage = 'https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/'

/** Paths that are asked for without a login: by haproxy, the probes of static pods, and machines that join. */
export const anonymousPaths = [
  '/livez',
  '/readyz',
  '/healthz',
  '/api/v1/namespaces/kube-public/configmaps/cluster-info',
]

const authenticationPage =
  'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-authenticator-configuration'

/** Values of single arguments of the control plane that a cluster of hakube's does not come up with. */
const checks: Readonly<Record<Exclude<Program, 'kubelet'>, Readonly<Record<string, Check>>>> = {
  'kube-apiserver': {
    'allow-privileged': (value) =>
      isOff(value)
        ? { message: 'without privileged pods, kube-proxy and CNI plugins cannot run', hint: 'remove it' }
        : null,
    'anonymous-auth': (value) =>
      isOff(value)
        ? {
            message:
              "without anonymous requests, the load balancer's health checks, the API server's probes and joins by token fail",
            hint: `remove it; from Kubernetes 1.32, a file of kubernetes.apiServerFiles with argument: authentication-config can limit anonymous requests to ${anonymousPaths.join(', ')} (anonymous.conditions)`,
            source: authenticationPage,
          }
        : null,
    'authorization-mode': (value) => {
      if (items(value).includes('AlwaysAllow'))
        return {
          message:
            'with AlwaysAllow in authorization-mode, everyone may do everything, also without a login, as anonymous requests must be answered',
          hint: `write ${[...new Set(['Node', 'RBAC', ...items(value)])].filter((mode) => mode !== 'AlwaysAllow').join(',')}`,
          source: 'https://kubernetes.io/docs/reference/access-authn-authz/authorization/',
        }
      const missing = ['Node', 'RBAC'].filter((mode) => !items(value).includes(mode))
      if (missing.length === 0) return null
      const why = missing.includes('Node')
        ? 'kubelets may not read or write their own objects'
        : 'everything that kubeadm and the cluster grant through roles is forbidden'
      return {
        message: `without ${missing.join(' and ')} in authorization-mode, ${why}`,
        hint: `write ${[...new Set(['Node', 'RBAC', ...items(value)])].join(',')}`,
        source: 'https://kubernetes.io/docs/reference/access-authn-authz/node/',
      }
    },
    'bind-address': (value) =>
      isEvery(value)
        ? null
        : {
            message: isLoopback(value)
              ? "the load balancer and the other machines reach the API server at its machine's address, not at a loopback address"
              : `every API server would listen only on ${value}, but the load balancer contacts each at its machine's address`,
            hint: 'remove it: the default is 0.0.0.0',
          },
    'disable-admission-plugins': (value, profile) =>
      overlap(value, profile) ??
      (items(value).includes('ServiceAccount')
        ? {
            message:
              'without the admission plugin ServiceAccount, pods have no token: kube-proxy and CoreDNS cannot reach the API',
            hint: 'remove ServiceAccount',
            source: admissionPage,
          }
        : null),
    'enable-admission-plugins': (value) =>
      items(value).includes('AlwaysDeny')
        ? {
            message: 'the admission plugin AlwaysDeny refuses every object, also those of kubeadm',
            hint: 'remove AlwaysDeny',
            source: admissionPage,
          }
        : items(value).some((item) => suggest(item, ['NodeRestriction']) !== null)
          ? null
          : {
              message:
                'this list replaces that of kubeadm, and without NodeRestriction whoever has one node can change all others and their pods',
              hint: `write ${['NodeRestriction', ...items(value)].join(',')}`,
              source: `${admissionPage}#noderestriction`,
              isUnprotected: true,
            },
    'runtime-config': (value) => {
      const off = items(value).find(isNeededVersion)
      return off === undefined
        ? null
        : {
            message: `with ${off}, the API server does not serve what kubeadm and the cluster's own pods use`,
            hint: 'remove it; alpha and beta versions can be set one by one, e.g. api/beta=false',
            source: 'https://kubernetes.io/docs/reference/using-api/#enabling-or-disabling',
          }
    },
    'service-node-port-range': nodePorts,
    'endpoint-reconciler-type': (value) =>
      value === 'none'
        ? {
            message:
              'without an endpoint reconciler, pods cannot reach the API server through the service kubernetes',
            hint: 'remove it: the default is lease',
          }
        : null,
  },
  'kube-controller-manager': {
    'bind-address': ownAddress,
    controllers: (value, profile) => requiredControllers(value, profile),
    'leader-elect': leaderElection,
    'node-monitor-grace-period': (value) => {
      const seconds = parseDuration(value)
      return seconds === null || seconds > 10
        ? null
        : {
            message: `a kubelet reports every 10 seconds, and after ${value} all nodes would be NotReady again and again`,
            hint: 'remove it: the default is 50s',
            source: 'https://kubernetes.io/docs/reference/node/node-status/#heartbeats',
          }
    },
    'use-service-account-credentials': (value) =>
      isOff(value)
        ? {
            message:
              'without credentials of their own, the controllers have no rights: RBAC gives each of them only to its service account',
            hint: 'remove it: kubeadm sets it to true',
            source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles',
          }
        : null,
  },
  'kube-scheduler': { 'bind-address': ownAddress, 'leader-elect': leaderElection },
}

/** The API server does not start with a plugin in both lists; kubeadm enables NodeRestriction where the profile says nothing. */
function overlap(value: string, { kubernetes }: Profile): Conflict | null {
  const enabled = items(
    String(kubernetes.apiServerArguments?.['enable-admission-plugins'] ?? 'NodeRestriction'),
  )
  const both = items(value).filter((plugin) => enabled.includes(plugin))
  if (both.length === 0) return null
  return {
    message: `${both.join(', ')} is enabled as well, and the API server does not start with a plugin in both lists`,
    hint: `remove ${both.join(', ')}`,
    source: admissionPage,
  }
}

/** One value for all control planes: an address of one of them is none of the others. */
function ownAddress(value: string): Conflict | null {
  if (isEvery(value) || isLoopback(value)) return null
  return {
    message: `every instance would listen only on ${value}, which only one machine has`,
    hint: 'remove it, or write 0.0.0.0',
  }
}

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/, and sshd */
export const portsOfNodes: readonly [port: number, of: string][] = [
  [22, 'sshd'],
  [2379, 'etcd'],
  [2380, 'etcd'],
  [apiServerPort, 'the API server'],
  [10_248, 'the kubelet'],
  [10_249, 'kube-proxy'],
  [10_250, 'the kubelet'],
  [10_256, 'kube-proxy'],
  [10_257, 'the controller manager'],
  [10_259, 'the scheduler'],
]

/** A service that is given such a port takes it away from what listens there, on every node: rules of kube-proxy come before sockets. */
function nodePorts(value: string): Conflict | null {
  const range = parseNodePorts(value)
  const hint = `write e.g. ${usualNodePorts.first}-${usualNodePorts.last}`
  if (!range) return { message: `${value} is not a port range, so kube-apiserver would not start`, hint }
  const taken = portsOfNodes.filter(([port]) => port >= range.first && port <= range.last)
  const [first] = taken
  if (first === undefined) return null
  const others = taken.length === 1 ? '' : ` and ${taken.length - 1} more`
  return {
    message: `the node ports ${value} have port ${first[0]} of ${first[1]}${others} in them: a service that is given it takes it away on every node`,
    hint,
    source: 'https://kubernetes.io/docs/reference/networking/ports-and-protocols/',
  }
}

/** `api/all=false`, `v1=0`: what kubeadm's objects, kubelets and the controllers need. */
const isNeededVersion = (item: string): boolean => {
  const [key = '', value = ''] = item.split('=')
  return isOff(value) && neededVersions.has(key)
}

const neededVersions = new Set(
  'api/all api/ga v1 apps/v1 batch/v1 coordination.k8s.io/v1 rbac.authorization.k8s.io/v1 certificates.k8s.io/v1 discovery.k8s.io/v1'.split(
    ' ',
  ),
)

const isEvery = (value: string): boolean => value === '0.0.0.0' || value === '::' || !parseAddress(value)

function leaderElection(value: string, { machines }: Profile): Conflict | null {
  if (!isOff(value) || machines.filter(({ role }) => role === 'control-plane').length < 2) return null
  return {
    message:
      "without leader election, an instance is active on each control plane, and each undoes the others' work",
    hint: 'remove it',
  }
}

/** Arguments of the control plane that go against what the cluster needs. */
export const argumentConflictRules: Rule = ({ profile }) =>
  [...argumentPlaces(profile)].flatMap(({ path, program, list }) =>
    program === 'kubelet'
      ? []
      : Object.entries(list).flatMap(([name, value]) => {
          const check = Object.hasOwn(checks[program], name) ? checks[program][name] : undefined
          return asDiagnostics(check?.(value, profile) ?? null, [...path, name])
        }),
  )
