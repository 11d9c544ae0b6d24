import type { Program } from '../../distributions/arguments/index.ts'
import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { toldPlaces } from './component-arguments.ts'
import { isOwnArgument } from './own-arguments.ts'
import type { Rule } from './rule.ts'

type Range = { from: number; to: number }

const port: Range = { from: 0, to: 65_535 }
const notNegative: Range = { from: 0, to: Infinity }
const percent: Range = { from: 0, to: 100 }
const positive: Range = { from: 1, to: Infinity }

const ranges = (range: Range, names: string): Record<string, Range> =>
  Object.fromEntries(names.split(' ').map((name) => [name, range]))

/**
 * Ranges that each program validates before it starts: pkg/kubelet/apis/config/validation/validation.go, and Validate of the options of
 * API server, controller manager and scheduler.
 */
export const argumentRanges: Readonly<Record<Program, Readonly<Record<string, Range>>>> = {
  kubelet: {
    ...ranges(percent, 'image-gc-high-threshold image-gc-low-threshold'),
    ...ranges({ from: 1, to: 65_535 }, 'port'),
    ...ranges(port, 'read-only-port'),
    ...ranges({ from: -1000, to: 1000 }, 'oom-score-adj'),
    ...ranges({ from: 2, to: Infinity }, 'container-log-max-files'),
    ...ranges(
      notNegative,
      'event-burst event-qps kube-api-burst kube-api-qps max-open-files pods-per-core registry-burst registry-qps',
    ),
    // Zero is accepted too, but a node without pods has no kube-proxy.
    ...ranges(positive, 'max-pods'),
  },
  'kube-apiserver': {
    ...ranges(notNegative, 'max-requests-inflight max-mutating-requests-inflight min-request-timeout'),
    ...ranges(notNegative, 'audit-log-maxage audit-log-maxbackup audit-log-maxsize'),
    ...ranges({ from: 0, to: 0.02 }, 'goaway-chance'),
    ...ranges(positive, 'apiserver-count'),
  },
  'kube-controller-manager': {
    ...ranges(
      positive,
      'concurrent-deployment-syncs concurrent-endpoint-syncs concurrent-gc-syncs concurrent-job-syncs concurrent-namespace-syncs concurrent-replicaset-syncs concurrent-resource-quota-syncs concurrent-service-syncs concurrent-serviceaccount-token-syncs concurrent-statefulset-syncs concurrent-cron-job-syncs concurrent-ephemeralvolume-syncs concurrent-service-endpoint-syncs concurrent-ttl-after-finished-syncs concurrent-horizontal-pod-autoscaler-syncs',
    ),
  },
  'kube-scheduler': {},
}

/** Numbers outside the range with which a program starts. */
export const argumentRangeRules: Rule = ({ profile }) =>
  [...toldPlaces(profile)].flatMap(({ program, at, list }) =>
    Object.entries(list).flatMap(([name, value]): Diagnostic[] => {
      const range = Object.hasOwn(argumentRanges[program], name) ? argumentRanges[program][name] : undefined
      // Other rules report values that are not numbers, and arguments that hakube sets.
      if (!range || isOwnArgument(program, name) || !/^[+-]?\d+(?:\.\d+)?$/.test(value)) return []
      const number = Number(value)
      if (number >= range.from && number <= range.to) return []
      const upper = range.to === Infinity ? 'or more' : `to ${range.to}`
      return [
        error('arguments/range', `${value} is out of range for --${name}, so ${program} would not work`, {
          hint: `write a number from ${range.from} ${upper}`.replace(/from (\S+) or more$/, 'of $1 or more'),
          path: at(name),
          source: `https://kubernetes.io/docs/reference/command-line-tools-reference/${program}/`,
        }),
      ]
    }),
  )
