import type { Path } from '../../diagnostics/diagnostic.ts'
import type { Profile } from '../schema.ts'
import { asDiagnostics, type Conflict, isLoopback, type ValueOf, isOff, isOn, items } from './conflict.ts'
import { openKubelet, ownPort, share, softEviction, unapproved, unrenewed } from './kubelet-values.ts'
import { memoryConflict, positive, reservation } from './reservations.ts'
import { knownSystemsAt } from './of-systems.ts'
import { toldKubelets } from './told-kubelets.ts'
import type { Rule } from './rule.ts'

/** @param path position of the argument */
type Check = { name: string; wrong: (value: ValueOf, profile: Profile, path: Path) => Conflict | null }

const reservePage = 'https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/'
const cpuPage = 'https://kubernetes.io/docs/tasks/administer-cluster/cpu-management-policies/#static-policy'

/**
 * Arguments with which the kubelet exits, or cannot be reached. Facts: cmd/kubelet/app/server.go and pkg/kubelet/cm of
 * kubernetes/kubernetes.
 */
const checks: readonly Check[] = [
  {
    name: 'address',
    wrong: (value) =>
      isLoopback(value('address'))
        ? {
            message:
              'the API server cannot reach a kubelet that listens on a loopback address: kubectl logs and exec fail',
            hint: 'remove it',
          }
        : null,
  },
  { name: 'anonymous-auth', wrong: (value) => openKubelet(value, 'anonymous-auth') },
  { name: 'authorization-mode', wrong: (value) => openKubelet(value, 'authorization-mode') },
  {
    name: 'cgroup-driver',
    wrong: (value) =>
      value('cgroup-driver') === 'cgroupfs'
        ? {
            message:
              'the container runtime makes its control groups through systemd, and a kubelet that makes them itself finds none of its pods',
            hint: 'remove it: hakube sets cgroupDriver: systemd in KubeletConfiguration',
            source:
              'https://kubernetes.io/docs/setup/production-environment/container-runtimes/#cgroup-drivers',
          }
        : null,
  },
  {
    name: 'cgroups-per-qos',
    wrong: (value) =>
      isOff(value('cgroups-per-qos')) && !/^(?:none)?$/.test(value('enforce-node-allocatable') || 'pods')
        ? {
            message: 'without cgroups-per-qos, the kubelet cannot enforce node allocatable, and exits',
            hint: 'remove it, or also write enforce-node-allocatable: none',
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
            message: 'with the static CPU manager policy and no reserved CPU, the kubelet exits',
            hint: 'also write reserved-cpus, e.g. "0,1", or system-reserved: cpu=1',
            source: cpuPage,
          }
        : null,
  },
  {
    name: 'enable-server',
    wrong: (value) => refuseOff(value('enable-server'), 'without its server, the kubelet cannot be reached'),
  },
  { name: 'enforce-node-allocatable', wrong: enforcement },
  {
    name: 'healthz-bind-address',
    wrong: (value) =>
      /^(?:127\.0\.0\.1|0\.0\.0\.0|::)$/.test(value('healthz-bind-address'))
        ? null
        : { message: 'kubeadm waits for the kubelet on 127.0.0.1', hint: 'remove it, or write 0.0.0.0' },
  },
  { name: 'eviction-hard', wrong: (value) => share(value('eviction-hard')) },
  { name: 'eviction-soft', wrong: (value) => share(value('eviction-soft')) ?? softEviction(value) },
  { name: 'image-gc-high-threshold', wrong: imageGarbage },
  {
    name: 'image-credential-provider-bin-dir',
    wrong: (value) =>
      withoutPair(value, 'image-credential-provider-bin-dir', 'image-credential-provider-config'),
  },
  {
    name: 'image-credential-provider-config',
    wrong: (value) =>
      withoutPair(value, 'image-credential-provider-config', 'image-credential-provider-bin-dir'),
  },
  {
    name: 'image-gc-low-threshold',
    wrong: (value) => (value('image-gc-high-threshold') === '' ? imageGarbage(value) : null),
  },
  { name: 'memory-manager-policy', wrong: memoryConflict },
  { name: 'port', wrong: (value) => ownPort(value, 'port') },
  { name: 'read-only-port', wrong: (value) => ownPort(value, 'read-only-port') },
  {
    name: 'register-node',
    wrong: (value) => refuseOff(value('register-node'), 'a node that does not register itself never joins'),
  },
  {
    name: 'reserved-cpus',
    wrong: (value) => {
      const group = ['system-reserved-cgroup', 'kube-reserved-cgroup'].find((name) => value(name) !== '')
      return value('reserved-cpus') === '' || group === undefined
        ? null
        : {
            message: `the kubelet takes either reserved-cpus or ${group}, and exits with both`,
            hint: 'remove one of them',
            source: reservePage,
          }
    },
  },
  { name: 'resolv-conf', wrong: (value, profile, path) => stub(value('resolv-conf'), profile, path) },
  { name: 'rotate-certificates', wrong: (value) => unrenewed(value('rotate-certificates')) },
  { name: 'rotate-server-certificates', wrong: (value) => unapproved(value('rotate-server-certificates')) },
  {
    name: 'runonce',
    wrong: (value) =>
      isOn(value('runonce'))
        ? { message: 'with runonce, the kubelet exits after its static pods', hint: 'remove it' }
        : null,
  },
]

/** RegisterCredentialProviderPlugins in pkg/credentialprovider/plugin/plugin.go requires both. */
const withoutPair = (value: ValueOf, name: string, other: string): Conflict | null =>
  value(other) === ''
    ? {
        message: `${name} needs ${other} as well: the kubelet exits, or asks no provider`,
        hint: `also write ${other}, or remove it`,
        source: 'https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/',
      }
    : null

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
      message: `enforce-node-allocatable cannot enforce ${wrong}`,
      hint: `write any of ${known.slice(1).join(', ')}, or none`,
      source: reservePage,
    }
  if (levels.includes('none') && levels.length > 1)
    return {
      message: 'none must be the only value of enforce-node-allocatable',
      hint: 'remove none, or everything else',
      source: reservePage,
    }
  for (const kind of ['system-reserved', 'kube-reserved'] as const) {
    if (!levels.some((level) => level === kind || level === `${kind}-compressible`)) continue
    const missing = [kind, `${kind}-cgroup`].filter((name) => value(name) === '')
    if (missing.length > 0)
      return {
        message: `the kubelet cannot enforce ${kind} without ${missing.join(' and ')}, and exits`,
        hint: `also write ${missing.join(' and ')}; the control group, e.g. /system.slice, must exist before the kubelet starts`,
        source: reservePage,
      }
  }
  return null
}

/** validation of imageGCLowThresholdPercent in pkg/kubelet/apis/config/validation/validation.go; the defaults are 85 and 80. */
function imageGarbage(value: ValueOf): Conflict | null {
  const high = Number(value('image-gc-high-threshold') || 85)
  const low = Number(value('image-gc-low-threshold') || 80)
  // Another rule reports values out of range.
  if (!(high >= 0 && high <= 100 && low >= 0 && low <= 100) || low < high) return null
  return {
    message: `image-gc-low-threshold (${low}) must be less than image-gc-high-threshold (${high}), or the kubelet exits`,
    hint: 'write both: the defaults are 80 and 85',
    source: 'https://kubernetes.io/docs/concepts/architecture/garbage-collection/#container-image-lifecycle',
  }
}

/** systemd-resolved's stub: CoreDNS would forward queries to itself, and exit. kubeadm finds the right file itself. */
function stub(value: string, profile: Profile, path: Path): Conflict | null {
  const resolved = knownSystemsAt(profile, path).some(
    ({ distribution }) => distribution.usesResolved === true,
  )
  const isStub =
    value === '/run/systemd/resolve/stub-resolv.conf' || (resolved && value === '/etc/resolv.conf')
  if (!isStub) return null
  return {
    message: `${value} points to systemd-resolved (127.0.0.53): CoreDNS would query itself, detect the loop and exit`,
    hint: 'remove it: kubeadm uses /run/systemd/resolve/resolv.conf where systemd-resolved runs',
    source: 'https://coredns.io/plugins/loop/#troubleshooting-loops-in-kubernetes-clusters',
  }
}

/**
 * Arguments of the kubelets that conflict with each other or with the cluster; those of a machine come from the profile, its role and
 * itself.
 */
export const kubeletConflictRules: Rule = ({ profile }) => {
  const seen = new Set<string>()
  return [...toldKubelets(profile)].flatMap((told) =>
    checks.flatMap(({ name, wrong }) => {
      const given = told.get(name)
      if (!given) return []
      const conflict = wrong((each) => told.get(each)?.value ?? '', profile, given.path)
      const found = asDiagnostics(conflict, given.path)
      const key = JSON.stringify([given.path, conflict?.message])
      if (seen.has(key)) return []
      seen.add(key)
      return found
    }),
  )
}
