import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import type { Program } from '../../distributions/arguments/index.ts'
import { toldPlaces } from './component-arguments.ts'
import { items } from './conflict.ts'
import { isOwnArgument } from './own-arguments.ts'
import type { Rule } from './rule.ts'

/** The values that each argument accepts, in every release: the program exits with any other. */
const tls = ['VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13']
const usual: Readonly<Record<string, readonly string[]>> = {
  'tls-min-version': tls,
  'logging-format': ['json', 'text'],
}

/** https://kubernetes.io/docs/reference/command-line-tools-reference/, and the validation of each program. */
const choices: Readonly<Record<Program, Readonly<Record<string, readonly string[]>>>> = {
  'kube-apiserver': {
    ...usual,
    'endpoint-reconciler-type': ['master-count', 'lease', 'none'],
    'audit-log-mode': ['batch', 'blocking', 'blocking-strict'],
    'audit-webhook-mode': ['batch', 'blocking', 'blocking-strict'],
    'audit-log-format': ['legacy', 'json'],
    'storage-backend': ['etcd3'],
    'storage-media-type': ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'],
    'service-account-extend-token-expiration': ['true', 'false'],
  },
  'kube-controller-manager': { ...usual, 'cidr-allocator-type': ['RangeAllocator', 'CloudAllocator'] },
  'kube-scheduler': usual,
  kubelet: {
    ...usual,
    'cgroup-driver': ['cgroupfs', 'systemd'],
    'cpu-manager-policy': ['none', 'static'],
    'hairpin-mode': ['promiscuous-bridge', 'hairpin-veth', 'none'],
    'memory-manager-policy': ['None', 'Static'],
    'topology-manager-policy': ['none', 'best-effort', 'restricted', 'single-numa-node'],
    'topology-manager-scope': ['container', 'pod'],
  },
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#authorization-modules */
const authorizationModes = ['AlwaysAllow', 'AlwaysDeny', 'ABAC', 'Webhook', 'RBAC', 'Node']

/** Quantities by resource (pkg/kubelet/apis/config/validation, parseResourceList of cmd/kubelet/app/server.go). */
const reserved = /^(?:cpu|memory|ephemeral-storage|pid)=\d[\d.]*(?:[eE]\d+|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/
/** `memory.available<100Mi` (ParseThresholdConfig of pkg/kubelet/eviction/helpers.go). */
const signal =
  /^(?:memory\.available|nodefs\.available|nodefs\.inodesFree|imagefs\.available|imagefs\.inodesFree|containerfs\.available|containerfs\.inodesFree|pid\.available|allocatableMemory\.available)(<|=)[\d.]+(?:%|m|k|M|G|T|Ki|Mi|Gi|Ti|s|h)*$/

const lists: Readonly<Record<string, { reads: (item: string) => boolean; example: string }>> = {
  'system-reserved': { reads: (item) => reserved.test(item), example: 'cpu=500m,memory=1Gi' },
  'kube-reserved': { reads: (item) => reserved.test(item), example: 'cpu=500m,memory=1Gi' },
  'eviction-hard': { reads: (item) => signal.test(item), example: 'memory.available<100Mi' },
  'eviction-soft': { reads: (item) => signal.test(item), example: 'memory.available<200Mi' },
}

/** Arguments with a fixed set of values, or lists in a special format. */
export const argumentChoiceRules: Rule = ({ profile }) =>
  [...toldPlaces(profile)].flatMap(({ program, at, list }) =>
    Object.entries(list).flatMap(([name, value]): Diagnostic[] => {
      if (isOwnArgument(program, name) || /\p{Cc}/u.test(value)) return []
      const problem = (shown: string, hint: string): Diagnostic[] => [
        error(
          'arguments/choice',
          `${inQuotes(shown)} is not a value of --${name}: ${program} does not start with it`,
          {
            hint,
            path: at(name),
            source: `https://kubernetes.io/docs/reference/command-line-tools-reference/${program}/`,
          },
        ),
      ]
      const known = Object.hasOwn(choices[program], name) ? choices[program][name] : undefined
      if (known !== undefined && !known.includes(value)) return problem(value, choice(value, known))
      if (program === 'kube-apiserver' && name === 'authorization-mode') {
        const wrong = items(value).find((item) => !authorizationModes.includes(item))
        return wrong === undefined ? [] : problem(wrong, choice(wrong, authorizationModes))
      }
      const form = program === 'kubelet' && Object.hasOwn(lists, name) ? lists[name] : undefined
      const wrong = form && items(value).find((item) => !form.reads(item))
      return form && wrong !== undefined ? problem(wrong, `write e.g. ${form.example}`) : []
    }),
  )

function choice(value: string, known: readonly string[]): string {
  const near = known.find((each) => each.toLowerCase() === value.toLowerCase()) ?? suggest(value, [...known])
  return near === null ? `write one of ${known.join(', ')}` : `did you mean ${near}?`
}
