import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { mergeMappings } from '../../text/data.ts'
import { parseGoDuration } from '../../text/duration.ts'
import { asDiagnostics, type Conflict } from './conflict.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'

/*
 * Fields of KubeletConfiguration that are no arguments, and with which the kubelet exits
 * (pkg/kubelet/apis/config/validation/validation.go), or its node does not stay Ready.
 */

type Fields = Readonly<Record<string, unknown>>

/** @param asWhole with what a wider place says */
type Check = { field: string; wrong: (asWhole: Fields) => Conflict | null }

const page = 'https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/'

/** Of fields of the wrong type another rule tells. */
const seconds = (value: unknown): number | null =>
  typeof value === 'string'
    ? /^0[a-z]*$/.test(value)
      ? 0
      : parseGoDuration(value)
    : value === undefined
      ? 0
      : null

function shutdown(fields: Fields): Conflict | null {
  const source =
    'https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown'
  const [whole, critical] = ['shutdownGracePeriod', 'shutdownGracePeriodCriticalPods'].map((name) =>
    seconds(fields[name]),
  )
  if (whole === null || whole === undefined || critical === null || critical === undefined) return null
  const both = {
    hint: 'write both, e.g. shutdownGracePeriod: 60s and shutdownGracePeriodCriticalPods: 20s',
    source,
  }
  if (critical > whole)
    return {
      message: `shutdownGracePeriodCriticalPods is a part of shutdownGracePeriod, and ${critical} s are more than ${whole} s: the kubelet exits`,
      ...both,
    }
  return (whole > 0 && whole < 1) || (critical > 0 && critical < 1)
    ? { message: 'the kubelet exits with a grace period of less than a second', ...both }
    : null
}

const checks: readonly Check[] = [
  { field: 'shutdownGracePeriod', wrong: shutdown },
  { field: 'shutdownGracePeriodCriticalPods', wrong: shutdown },
  {
    field: 'maxParallelImagePulls',
    wrong: ({ maxParallelImagePulls: pulls, serializeImagePulls: one }) =>
      typeof pulls === 'number' && pulls > 1 && one === true
        ? {
            message: `with serializeImagePulls, the kubelet pulls one image at a time, and exits when told to pull ${pulls}`,
            hint: 'remove it, or write serializeImagePulls: false',
            source: 'https://kubernetes.io/docs/concepts/containers/images/#maximum-parallel-image-pulls',
          }
        : typeof pulls === 'number' && pulls < 1
          ? {
              message: `the kubelet exits when told to pull ${pulls} images`,
              hint: 'write 1 or more, or remove it',
              source: page,
            }
          : null,
  },
  {
    field: 'nodeLeaseDurationSeconds',
    wrong: ({ nodeLeaseDurationSeconds: duration }) =>
      typeof duration !== 'number' || (duration > 0 && duration < 160)
        ? null
        : {
            message:
              duration <= 0
                ? 'the kubelet exits when its lease has no duration'
                : `the kubelet would renew its lease each ${duration / 4} s, and after 40 s its node is NotReady`,
            hint: 'remove it: the default is 40',
            source: 'https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats',
          },
  },
]

/** Fields of kubelets that go against each other. */
export const kubeletFieldConflictRules: Rule = ({ profile }) => {
  const { kubeletConfiguration } = profile.kubernetes
  const places: { path: Path; fields: Fields; whole: Fields }[] = [
    {
      path: ['kubernetes', 'kubeletConfiguration'],
      fields: kubeletConfiguration ?? {},
      whole: kubeletConfiguration ?? {},
    },
    ...[...settingsPlaces(profile)].map(({ path, settings }) => ({
      path: [...path, 'kubeletConfiguration'],
      fields: settings.kubeletConfiguration ?? {},
      whole: mergeMappings(kubeletConfiguration ?? {}, settings.kubeletConfiguration ?? {}),
    })),
  ]
  return places.flatMap(({ path, fields, whole }): Diagnostic[] => {
    const seen = new Set<string>()
    return checks.flatMap(({ field, wrong }) => {
      const conflict = Object.hasOwn(fields, field) ? wrong(whole) : null
      if (conflict === null || seen.has(conflict.message)) return []
      seen.add(conflict.message)
      return asDiagnostics(conflict, [...path, field])
    })
  })
}
