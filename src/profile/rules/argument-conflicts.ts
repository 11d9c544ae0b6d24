import { suggest } from '../../diagnostics/suggest.ts'
import type { Program } from '../../distributions/arguments/index.ts'
import { parseAddress } from '../../network/addresses.ts'
import { parseGoDuration } from '../../text/duration.ts'
import type { Profile } from '../schema.ts'
import { argumentPlaces } from './component-arguments.ts'
import { asDiagnostics, type Conflict, isLoopback, isOff, isOn, items } from './conflict.ts'
import { requiredControllers } from './controllers.ts'
import { nodePorts } from './node-ports.ts'
import type { Rule } from './rule.ts'
import { toldKubelets } from './told-kubelets.ts'

type Check = (value: string, profile: Profile) => Conflict | null

const admissionPage = 'https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/'

/** Paths that are requested without authentication: by haproxy, the probes of static pods, and machines that join. */
export const anonymousPaths = [
  '/livez',
  '/readyz',
  '/healthz',
  '/api/v1/namespaces/kube-public/configmaps/cluster-info',
]

const authenticationPage =
  'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-authenticator-configuration'

/** Values of single control-plane arguments with which a cluster does not come up. */
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
            'with AlwaysAllow in authorization-mode, everyone may do everything, even without logging in, because anonymous requests must be answered',
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
            message: 'the admission plugin AlwaysDeny rejects every object, including those of kubeadm',
            hint: 'remove AlwaysDeny',
            source: admissionPage,
          }
        : items(value).some((item) => suggest(item, ['NodeRestriction']) !== null)
          ? null
          : {
              message:
                'this list replaces that of kubeadm, and without NodeRestriction anyone who controls one node can change all others and their pods',
              hint: `write ${['NodeRestriction', ...items(value)].join(',')}`,
              source: `${admissionPage}#noderestriction`,
              isUnprotected: true,
            },
    'kubelet-certificate-authority': (_value, profile) =>
      [...toldKubelets(profile)].every((told) => isOn(told.get('rotate-server-certificates')?.value ?? ''))
        ? null
        : {
            message:
              'kubelets sign their serving certificates themselves, so with a CA for them kubectl logs, exec and the metrics of nodes fail',
            hint: 'remove it, or also write kubernetes.kubeletConfiguration: {serverTLSBootstrap: true} and approve the requests of the kubelets',
            source:
              'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs',
          },
    'kubelet-preferred-address-types': (value) => {
      const types = ['InternalIP', 'Hostname', 'InternalDNS', 'ExternalDNS', 'ExternalIP']
      const wrong = items(value).find((item) => !types.includes(item))
      const source = 'https://kubernetes.io/docs/reference/node/node-status/#addresses'
      if (wrong !== undefined)
        return {
          message: `${wrong} is not a type of address, so kube-apiserver does not start`,
          hint: `write any of ${types.join(', ')}`,
          source,
        }
      return items(value).some((item) => item === 'InternalIP' || item === 'Hostname')
        ? null
        : {
            message: `nodes have no address of the type ${items(value).join(' or ')}, so kubectl logs and exec fail`,
            hint: 'write InternalIP,ExternalIP,Hostname, or remove it: kubeadm sets that',
            source,
          }
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
    'service-account-issuer': (value) =>
      value.trim() === ''
        ? {
            message: 'without an issuer of the tokens of service accounts, kube-apiserver does not start',
            hint: 'remove it: kubeadm sets https://kubernetes.default.svc.DOMAIN',
          }
        : null,
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
    'cluster-signing-duration': shortCertificates,
    'experimental-cluster-signing-duration': shortCertificates,
    'leader-elect': leaderElection,
    'node-monitor-grace-period': (value) => {
      const seconds = parseGoDuration(value)
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

/** Validity of the kubelets' client certificates, by default 8760h. A kubelet with an expired one cannot request another. */
function shortCertificates(value: string): Conflict | null {
  const seconds = parseGoDuration(value)
  if (seconds === null || seconds >= 24 * 3600) return null
  return {
    message: `a machine that is off for more than ${value} cannot return: the certificate of its kubelet has expired by then`,
    hint: 'remove it: the default is 8760h, one year',
    source: 'https://kubernetes.io/docs/tasks/tls/certificate-rotation/',
    isExpiring: true,
  }
}

/** The API server does not start if a plugin is in both lists; kubeadm enables NodeRestriction by default. */
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

/** The value applies to all control planes, so it cannot be the address of one of them. */
function ownAddress(value: string): Conflict | null {
  if (isEvery(value) || isLoopback(value)) return null
  return {
    message: `every instance would listen only on ${value}, which only one machine has`,
    hint: 'remove it, or write 0.0.0.0',
  }
}

/** `api/all=false`, `v1=0`: these APIs are needed by kubeadm, kubelets and the controllers. */
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

/** Control-plane arguments that conflict with what the cluster needs. */
export const argumentConflictRules: Rule = ({ profile }) =>
  [...argumentPlaces(profile)].flatMap(({ path, program, list }) =>
    program === 'kubelet'
      ? []
      : Object.entries(list).flatMap(([name, value]) => {
          const check = Object.hasOwn(checks[program], name) ? checks[program][name] : undefined
          return asDiagnostics(check?.(value, profile) ?? null, [...path, name])
        }),
  )
