import type { Program } from '../../distributions/arguments/index.ts'
import { parseAddress } from '../../network/addresses.ts'
import { parseNodePorts, usualNodePorts } from '../port-ranges.ts'
import type { Profile } from '../schema.ts'
import { argumentPlaces } from './component-arguments.ts'
import { asDiagnostics, type Conflict, isLoopback, isOff, items } from './conflict.ts'
import { requiredControllers } from './controllers.ts'
import type { Rule } from './rule.ts'

type Check = (value: string, profile: Profile) => Conflict | null

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
        ? { message: 'without privileged pods there is no kube-proxy and no CNI plugin', hint: 'remove it' }
        : null,
    'anonymous-auth': (value) =>
      isOff(value)
        ? {
            message:
              'without anonymous requests the check of the load balancer, the probes of the API server and joins by token fail',
            hint: `remove it; from Kubernetes 1.32 on a file of kubernetes.apiServerFiles with argument: authentication-config can limit them by anonymous.conditions to ${anonymousPaths.join(', ')}`,
            source: authenticationPage,
          }
        : null,
    'authorization-mode': (value) => {
      const missing = ['Node', 'RBAC'].filter((mode) => !items(value).includes(mode))
      if (missing.length === 0) return null
      const why = missing.includes('Node')
        ? 'no kubelet may read or write its own objects'
        : 'nothing that kubeadm and the cluster grant by roles is allowed'
      return {
        message: `without ${missing.join(' and ')} in authorization-mode ${why}`,
        hint: `write ${[...new Set(['Node', 'RBAC', ...items(value)])].join(',')}`,
        source: 'https://kubernetes.io/docs/reference/access-authn-authz/node/',
      }
    },
    'bind-address': (value) =>
      isEvery(value)
        ? null
        : {
            message: isLoopback(value)
              ? 'the load balancer and the other machines reach the API server by the address of its machine, not by loopback'
              : `all API servers would listen at ${value}, and the load balancer asks each at the address of its machine`,
            hint: 'remove it: it is 0.0.0.0',
          },
    'service-node-port-range': (value) =>
      parseNodePorts(value)
        ? null
        : {
            message: `${value} is not a range of ports: kube-apiserver does not start with it`,
            hint: `write e.g. ${usualNodePorts.first}-${usualNodePorts.last}`,
          },
    'endpoint-reconciler-type': (value) =>
      value === 'none'
        ? {
            message:
              'without a reconciler of endpoints no pod reaches the API server by the service kubernetes',
            hint: 'remove it: it is lease',
          }
        : null,
  },
  'kube-controller-manager': {
    controllers: (value, profile) => requiredControllers(value, profile),
    'leader-elect': leaderElection,
  },
  'kube-scheduler': { 'leader-elect': leaderElection },
}

const isEvery = (value: string): boolean => value === '0.0.0.0' || value === '::' || !parseAddress(value)

function leaderElection(value: string, { machines }: Profile): Conflict | null {
  if (!isOff(value) || machines.filter(({ role }) => role === 'control-plane').length < 2) return null
  return {
    message: "without an election one works on each control plane, and each undoes the others' work",
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
