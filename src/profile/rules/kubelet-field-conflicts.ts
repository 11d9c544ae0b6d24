import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { mergeMappings } from '../../text/data.ts'
import { parseGoDuration } from '../../text/duration.ts'
import { asDiagnostics, type Conflict } from './conflict.ts'
import { isNodeRole } from '../schema.ts'
import type { Rule } from './rule.ts'
import { configurationsOf } from './told-kubelets.ts'

/*
 * Fields of KubeletConfiguration that are not arguments, and with which the kubelet exits
 * (pkg/kubelet/apis/config/validation/validation.go), or its node does not stay Ready.
 */

type Fields = Readonly<Record<string, unknown>>

/**
 * @param merged the fields of one kubelet from all positions. `fields` determine the position that is reported: the first one in the
 *   narrowest configuration
 */
type Check = { fields: readonly string[]; wrong: (merged: Fields) => Conflict | null }

const page = 'https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/'

/** Another rule reports fields of the wrong type. */
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
  const byPriority = fields['shutdownGracePeriodByPodPriority']
  if (whole > 0 && Array.isArray(byPriority) && byPriority.length > 0)
    return {
      message: 'with shutdownGracePeriodByPodPriority as well as shutdownGracePeriod, the kubelet exits',
      hint: 'keep one of the two',
      source,
    }
  return (whole > 0 && whole < 1) || (critical > 0 && critical < 1)
    ? { message: 'the kubelet exits with a grace period of less than a second', ...both }
    : null
}

const checks: readonly Check[] = [
  {
    fields: ['shutdownGracePeriod', 'shutdownGracePeriodCriticalPods', 'shutdownGracePeriodByPodPriority'],
    wrong: shutdown,
  },
  {
    fields: ['maxParallelImagePulls', 'serializeImagePulls'],
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
    fields: ['nodeLeaseDurationSeconds'],
    wrong: ({ nodeLeaseDurationSeconds: duration }) =>
      typeof duration !== 'number' || (duration > 0 && duration < 160)
        ? null
        : {
            message:
              duration <= 0
                ? 'the kubelet exits when its lease has no duration'
                : `the kubelet would renew its lease every ${duration / 4} s, and after 40 s its node is NotReady`,
            hint: 'remove it: the default is 40',
            source: 'https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats',
          },
  },
]

/** Fields of kubelets that conflict with each other, merged from the cluster, the profile, a role and a machine. */
export const kubeletFieldConflictRules: Rule = ({ profile }) => {
  const found = new Map<string, Diagnostic[]>()
  for (const [index, { role }] of profile.machines.entries()) {
    if (!isNodeRole(role)) continue
    const places = configurationsOf(profile, index)
    const merged = places.reduce<Fields>((below, each) => mergeMappings(below, each.fields), {})
    for (const { fields, wrong } of checks) {
      const conflict = wrong(merged)
      const place = places.findLast((each) => fields.some((field) => Object.hasOwn(each.fields, field)))
      const field = fields.find((each) => place && Object.hasOwn(place.fields, each))
      if (!conflict || !place || field === undefined) continue
      const path = [...place.path, field]
      found.set(JSON.stringify([path, conflict.message]), asDiagnostics(conflict, path))
    }
  }
  return [...found.values()].flat()
}
