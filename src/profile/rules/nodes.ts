import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { mayRegister } from '../node-labels.ts'
import { isNodeRole } from '../schema.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule, SettingsPlace } from './rule.ts'

const labelsPage =
  'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set'
const restriction =
  'https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction'
const taintsPage = 'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/'

/** Labels and taints with which nodes register. */
export const nodeRules: Rule = ({ profile }) =>
  [...settingsPlaces(profile)].flatMap((place) => [
    ...checkUse(place),
    ...checkLabels(place),
    ...checkTaints(place),
  ])

/** A machine without a kubelet has no labels and taints. */
function checkUse({ path, role, settings }: SettingsPlace): Diagnostic[] {
  if (role === null || isNodeRole(role)) return []
  return (['labels', 'taints', 'kubeletArguments', 'kubeletConfiguration'] as const).flatMap((field) =>
    settings[field] === undefined
      ? []
      : [
          warning('nodes/unused', `${field} has no effect on a machine of the role ${role}`, {
            hint: 'remove it: only control planes and workers are Kubernetes nodes',
            path: [...path, field],
            onKey: true,
          }),
        ],
  )
}

const isName = (text: string): boolean =>
  text.length <= 63 && /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text)
const isValue = (text: string): boolean => text === '' || isName(text)
const isPrefix = (text: string): boolean =>
  text.length <= 253 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(text)

/** `name` or `example.com/name`. */
function isKey(text: string): boolean {
  const parts = text.split('/')
  const [prefix, name] = parts.length === 2 ? parts : [undefined, parts.length === 1 ? parts[0] : undefined]
  return name !== undefined && isName(name) && (prefix === undefined || isPrefix(prefix))
}

function checkLabels({ path, settings: { labels = {} } }: SettingsPlace): Diagnostic[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const at: Path = [...path, 'labels', key]
    if (!isKey(key)) {
      const hint = 'write name or example.com/name: letters, digits, dots, dashes and underscores'
      const message = `${JSON.stringify(key)} is not a label key`
      return [error('labels/key', message, { hint, path: at, onKey: true, source: labelsPage })]
    }
    const owned = checkOwner(key, at)
    if (owned.length > 0 || isValue(value)) return owned
    const hint =
      'write at most 63 letters, digits, dots, dashes and underscores, beginning and ending with a letter or digit'
    const message = `${JSON.stringify(value)} is not a label value`
    return [error('labels/value', message, { hint, path: at, source: labelsPage })]
  })
}

/** Labels of control planes that kubeadm sets, and labels of nodes that the kubelet and the API server set. */
const byOthers: readonly { is: RegExp; who: string }[] = [
  {
    is: /^node-role\.kubernetes\.io\/(?:control-plane|master)$/,
    who: 'kubeadm labels control planes itself',
  },
  {
    is: /^node\.kubernetes\.io\/exclude-from-external-load-balancers$/,
    who: 'kubeadm sets it on control planes',
  },
]

/** A label that another component owns would misrepresent the machine: joins wait for that of control planes. */
function checkOwner(key: string, path: Path): Diagnostic[] {
  const other = byOthers.find(({ is }) => is.test(key))
  if (!other || mayRegister(key)) return []
  return [
    error('labels/restricted', `the label ${key} is not for a profile to set`, {
      hint: `remove it: ${other.who}`,
      path,
      onKey: true,
      source: restriction,
    }),
  ]
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function checkTaints({ path, settings: { taints = [] } }: SettingsPlace): Diagnostic[] {
  return taints.flatMap((text, index) => {
    const reason = taintReason(text)
    if (reason === null) return []
    return [
      error('taints/syntax', `${JSON.stringify(text)} is not a taint: ${reason}`, {
        hint: 'write key=value:Effect or key:Effect, e.g. example.com/gpu=true:NoSchedule',
        path: [...path, 'taints', index],
        source: taintsPage,
      }),
    ]
  })
}

function taintReason(text: string): string | null {
  const [, key, value = '', effect] = /^([^=:]*)(?:=([^:]*))?:([^:]*)$/.exec(text) ?? []
  if (key === undefined || effect === undefined) return 'it needs one colon before the effect'
  if (!isKey(key)) return `${JSON.stringify(key)} is not a taint key`
  if (!isValue(value)) return `${JSON.stringify(value)} is not a taint value`
  return effects.includes(effect)
    ? null
    : `there is no effect ${JSON.stringify(effect)}; ${didYouMean(effect, effects)}`
}
