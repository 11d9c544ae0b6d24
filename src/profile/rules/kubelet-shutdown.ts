import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { mergeMappings } from '../../text/data.ts'
import { goSeconds } from '../../text/go-duration.ts'
import { isNodeRole } from '../schema.ts'
import type { Rule } from './rule.ts'
import { configurationsOf } from './told-kubelets.ts'

/*
 * Graceful shutdown of nodes, in fields that kubelets have from the profile, a role and a machine together:
 * ValidateKubeletConfiguration of pkg/kubelet/apis/config/validation/validation.go.
 */

const all = 'shutdownGracePeriod'
const critical = 'shutdownGracePeriodCriticalPods'
const byPriority = 'shutdownGracePeriodByPodPriority'
const page =
  'https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown'

/** Reports fields with which a kubelet exits, at the narrowest place that has one of them. */
export const kubeletShutdownRules: Rule = ({ profile }) => {
  const found = new Map<string, Diagnostic>()
  for (const [index, { role }] of profile.machines.entries()) {
    if (!isNodeRole(role)) continue
    const places = configurationsOf(profile, index)
    const merged = places.reduce<Record<string, unknown>>(
      (below, { fields }) => mergeMappings(below, fields),
      {},
    )
    const wrong = conflictIn(merged)
    if (!wrong) continue
    const place = places.findLast(({ fields }) => wrong.fields.some((field) => Object.hasOwn(fields, field)))
    const field = wrong.fields.find((each) => place && Object.hasOwn(place.fields, each))
    if (!place || field === undefined) continue
    const path = [...place.path, field]
    const key = JSON.stringify([path, wrong.message])
    if (!found.has(key))
      found.set(
        key,
        error('arguments/conflict', wrong.message, { hint: wrong.hint, path, onKey: true, source: page }),
      )
  }
  return [...found.values()]
}

type Conflict = { message: string; hint: string; fields: readonly string[] }

function conflictIn(merged: Readonly<Record<string, unknown>>): Conflict | null {
  // What is no duration is another mistake.
  const [whole, last] = [secondsOf(merged[all]), secondsOf(merged[critical])]
  if (whole === null || last === null) return null
  if (last > whole)
    return {
      message: `${critical} (${last}s) is a part of ${all} (${whole}s), which is shorter, so the kubelet exits`,
      hint: `write both, e.g. ${all}: ${last + 30}s`,
      fields: [critical, all],
    }
  const list = merged[byPriority]
  return whole > 0 && Array.isArray(list) && list.length > 0
    ? {
        message: `with ${byPriority} as well as ${all}, the kubelet exits`,
        hint: 'keep one of the two',
        fields: [byPriority, all],
      }
    : null
}

const secondsOf = (value: unknown = '0s'): number | null =>
  typeof value === 'string' ? goSeconds(value) : null
