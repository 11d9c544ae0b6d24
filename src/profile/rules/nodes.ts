import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { isNodeRole } from '../schema.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule, SettingsPlace } from './rule.ts'

const labelsPage =
  'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set'
const restriction =
  'https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction'
const taintsPage = 'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/'

/** Labels and taints that nodes register themselves with. */
export const nodeRules: Rule = ({ profile }) =>
  [...settingsPlaces(profile)].flatMap((place) => [
    ...checkUse(place),
    ...checkLabels(place),
    ...checkTaints(place),
  ])

/** On a machine without a kubelet nobody reads them. */
function checkUse({ path, role, settings }: SettingsPlace): Diagnostic[] {
  if (role === null || isNodeRole(role)) return []
  return (['labels', 'taints', 'kubeletArguments'] as const).flatMap((field) =>
    settings[field] === undefined
      ? []
      : [
          warning('nodes/unused', `${field} has no effect on a machine of the role ${role}`, {
            hint: 'remove it: only control planes and workers are nodes of Kubernetes',
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
      const message = `${JSON.stringify(key)} is not the key of a label`
      return [error('labels/key', message, { hint, path: at, onKey: true, source: labelsPage })]
    }
    if (!mayRegister(key)) return [restricted(key, at)]
    if (isValue(value)) return []
    const hint =
      'write at most 63 letters, digits, dots, dashes and underscores, with a letter or digit at both ends'
    const message = `${JSON.stringify(value)} is not the value of a label`
    return [error('labels/value', message, { hint, path: at, source: labelsPage })]
  })
}

/** staging/src/k8s.io/kubelet/pkg/apis/well_known_labels.go of kubernetes/kubernetes */
const ownLabels = new Set([
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
])

const isBelow = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`)

/** Whether a kubelet may give itself a label: with another one of Kubernetes' own it does not even start. */
function mayRegister(key: string): boolean {
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : ''
  if (!isBelow(prefix, 'kubernetes.io') && !isBelow(prefix, 'k8s.io')) return true
  return (
    ownLabels.has(key) || isBelow(prefix, 'node.kubernetes.io') || isBelow(prefix, 'kubelet.kubernetes.io')
  )
}

const restricted = (key: string, path: Path): Diagnostic =>
  error('labels/restricted', `a kubelet that gives itself the label ${key} does not start`, {
    hint: /^node-role\.kubernetes\.io\/(?:control-plane|master)$/.test(key)
      ? 'remove it: kubeadm labels control planes itself'
      : 'write a prefix of your own, e.g. example.com/; or let an administrator set it: kubectl label node …',
    path,
    onKey: true,
    source: restriction,
  })

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
  if (!isKey(key)) return `${JSON.stringify(key)} is not the key of a taint`
  if (!isValue(value)) return `${JSON.stringify(value)} is not the value of a taint`
  return effects.includes(effect)
    ? null
    : `there is no effect ${JSON.stringify(effect)}; ${didYouMean(effect, effects)}`
}
