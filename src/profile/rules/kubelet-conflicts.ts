import type { Path } from '../../diagnostics/diagnostic.ts'
import { findDistribution } from '../../distributions/index.ts'
import { isNodeRole } from '../schema.ts'
import type { Profile } from '../schema.ts'
import { argumentTexts } from '../schema-arguments.ts'
import { asDiagnostics, type Conflict, isLoopback, type ValueOf, isOff, isOn, items } from './conflict.ts'
import { memoryConflict, positive, reservation } from './reservations.ts'
import type { Rule } from './rule.ts'

/** What a machine's kubelet is told, and the narrowest place that says so. */
type Told = ReadonlyMap<string, { value: string; path: Path }>

type Check = { name: string; wrong: (value: ValueOf, profile: Profile) => Conflict | null }

const reservePage = 'https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/'
const cpuPage = 'https://kubernetes.io/docs/tasks/administer-cluster/cpu-management-policies/#static-policy'

/** What the kubelet ends with, or cannot be reached with. Facts: cmd/kubelet/app/server.go and pkg/kubelet/cm of kubernetes/kubernetes. */
const checks: readonly Check[] = [
  {
    name: 'address',
    wrong: (value) =>
      isLoopback(value('address'))
        ? {
            message: 'the API server does not reach a kubelet that listens on loopback: no logs, no exec',
            hint: 'remove it',
          }
        : null,
  },
  {
    name: 'cgroups-per-qos',
    wrong: (value) =>
      isOff(value('cgroups-per-qos')) && !/^(?:none)?$/.test(value('enforce-node-allocatable') || 'pods')
        ? {
            message: 'without cgroups-per-qos the kubelet cannot enforce what is allocatable, and ends',
            hint: 'remove it, or write enforce-node-allocatable: none too',
            source: reservePage,
          }
        : null,
  },
  {
    name: 'cpu-manager-policy',
    wrong: (value) =>
      value('cpu-manager-policy') === 'static' &&
      value('reserved-cpus') === '' &&
      !positive(reservation(value, 'cpu'))
        ? {
            message: 'with the static policy of the CPU manager and no CPU reserved the kubelet ends',
            hint: 'write reserved-cpus, e.g. "0,1", or system-reserved: cpu=1 too',
            source: cpuPage,
          }
        : null,
  },
  {
    name: 'enable-server',
    wrong: (value) => refuseOff(value('enable-server'), 'the kubelet cannot be reached without its server'),
  },
  { name: 'enforce-node-allocatable', wrong: enforcement },
  {
    name: 'healthz-bind-address',
    wrong: (value) =>
      /^(?:127\.0\.0\.1|0\.0\.0\.0|::)$/.test(value('healthz-bind-address'))
        ? null
        : { message: 'kubeadm waits for the kubelet at 127.0.0.1', hint: 'remove it, or write 0.0.0.0' },
  },
  { name: 'memory-manager-policy', wrong: memoryConflict },
  {
    name: 'register-node',
    wrong: (value) => refuseOff(value('register-node'), 'a node that does not register itself never joins'),
  },
  { name: 'resolv-conf', wrong: (value, profile) => stub(value('resolv-conf'), profile) },
  {
    name: 'runonce',
    wrong: (value) =>
      isOn(value('runonce'))
        ? { message: 'with runonce the kubelet ends after its static pods', hint: 'remove it' }
        : null,
  },
]

const refuseOff = (value: string, message: string): Conflict | null =>
  isOff(value) ? { message, hint: 'remove it' } : null

/** validation of enforceNodeAllocatable in pkg/kubelet/apis/config/validation/validation.go */
function enforcement(value: ValueOf): Conflict | null {
  const levels = items(value('enforce-node-allocatable'))
  const known = [
    'none',
    'pods',
    'system-reserved',
    'kube-reserved',
    'system-reserved-compressible',
    'kube-reserved-compressible',
  ]
  const wrong = levels.find((level) => !known.includes(level))
  if (wrong !== undefined)
    return {
      message: `${wrong} is nothing that enforce-node-allocatable can enforce`,
      hint: `write some of ${known.slice(1).join(', ')}, or none`,
      source: reservePage,
    }
  if (levels.includes('none') && levels.length > 1)
    return {
      message: 'none stands alone in enforce-node-allocatable',
      hint: 'remove none, or all others',
      source: reservePage,
    }
  for (const kind of ['system-reserved', 'kube-reserved'] as const) {
    if (!levels.some((level) => level === kind || level === `${kind}-compressible`)) continue
    const missing = [kind, `${kind}-cgroup`].filter((name) => value(name) === '')
    if (missing.length > 0)
      return {
        message: `the kubelet cannot enforce ${kind} without ${missing.join(' and ')}, and ends`,
        hint: `write ${missing.join(' and ')} too; the control group, e.g. /system.slice, has to be there before the kubelet starts`,
        source: reservePage,
      }
  }
  return null
}

/** systemd-resolved's own answerer: CoreDNS would ask itself, and end. kubeadm finds the other file by itself. */
function stub(value: string, { distribution: given }: Profile): Conflict | null {
  const resolved = findDistribution(given.name, given.version)?.name === 'ubuntu'
  const isStub =
    value === '/run/systemd/resolve/stub-resolv.conf' || (resolved && value === '/etc/resolv.conf')
  if (!isStub) return null
  return {
    message: `${value} names systemd-resolved (127.0.0.53): CoreDNS asks itself, finds the loop and ends`,
    hint: 'remove it: kubeadm takes /run/systemd/resolve/resolv.conf where systemd-resolved runs',
    source: 'https://coredns.io/plugins/loop/#troubleshooting-loops-in-kubernetes-clusters',
  }
}

/** Arguments of the kubelets that go against each other or the cluster; each machine's are those of the profile, its role and its own. */
export const kubeletConflictRules: Rule = ({ profile }) => {
  const seen = new Set<string>()
  return [...toldKubelets(profile)].flatMap((told) =>
    checks.flatMap(({ name, wrong }) => {
      const given = told.get(name)
      if (!given) return []
      const conflict = wrong((each) => told.get(each)?.value ?? '', profile)
      const found = asDiagnostics(conflict, given.path)
      const key = JSON.stringify([given.path, conflict?.message])
      if (seen.has(key)) return []
      seen.add(key)
      return found
    }),
  )
}

/** Each distinct set of arguments once: machines without their own share those of their role. */
export function* toldKubelets(profile: Profile): Generator<Told> {
  const roles = new Set<string>()
  for (const [index, machine] of profile.machines.entries()) {
    if (!isNodeRole(machine.role)) continue
    if (machine.kubeletArguments === undefined) {
      if (roles.has(machine.role)) continue
      roles.add(machine.role)
    }
    const told = new Map<string, { value: string; path: Path }>()
    const layers = [
      { path: [], list: profile.kubeletArguments },
      { path: ['roles', machine.role], list: profile.roles?.[machine.role]?.kubeletArguments },
      { path: ['machines', index], list: machine.kubeletArguments },
    ]
    for (const { path, list } of layers)
      for (const [name, value] of Object.entries(argumentTexts(list)))
        told.set(name, { value, path: [...path, 'kubeletArguments', name] })
    yield told
  }
}
