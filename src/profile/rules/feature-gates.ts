import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { editDistance, suggest } from '../../diagnostics/suggest.ts'
import {
  gatesOf,
  hasGate,
  type KnownGate,
  knownGates,
  lastMinorOfGates,
  lockedValue,
} from '../../distributions/feature-gates/index.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { compareVersions } from '../../text/versions.ts'
import type { Rule } from './rule.ts'

const source = 'https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/'
const sourceOfRemoved =
  'https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates-removed/'

/** Gates of all releases that switch all gates of a stage. */
const groups = new Set(['AllAlpha', 'AllBeta'])

/** Gates older than hakube's list, which old advice explains. */
export const olderGates = new Set(
  'CSIPersistentVolume HugePages KubeletPluginsWatcher MountPropagation PersistentLocalVolumes PodPriority SupportIPVSProxyMode TaintNodesByCondition VolumeScheduling'.split(
    ' ',
  ),
)

type Given = { name: string; value: boolean; minor: string }

/** Whether the release has each feature gate, and accepts its value: a component exits if it does not know a gate. */
export const featureGateRules: Rule = ({ profile: { kubernetes } }) => {
  const minor = parseKubernetesVersion(kubernetes.version)?.minor
  return Object.entries(kubernetes.featureGates ?? {}).flatMap(([name, value]): Diagnostic[] => {
    const gate = knownGates.get(name)
    if (!gate && !/^[A-Z][A-Za-z0-9]*$/.test(name)) return [malformed(name, minor)]
    if (minor === undefined || groups.has(name)) return []
    if (gate) return checkKnown({ name, value, minor }, gate)
    return olderGates.has(name) ? [] : [unknown(name, minor)]
  })
}

const at = (name: string) => ({ path: ['kubernetes', 'featureGates', name], onKey: true })

function malformed(name: string, minor: string | undefined): Diagnostic {
  const near = minor === undefined ? null : suggest(name, gatesOf(minor))
  return error('kubernetes/feature-gate', `${inQuotes(name)} is not a feature gate name`, {
    hint: near === null ? 'spell it as Kubernetes does, e.g. NodeSwap: true' : `did you mean ${near}?`,
    source,
    ...at(name),
  })
}

function unknown(name: string, minor: string): Diagnostic {
  const near = suggest(name, [...gatesOf(minor), ...groups])
  const isSlip = near !== null && editDistance(name.toLowerCase(), near.toLowerCase()) <= 2
  if (compareVersions(minor, lastMinorOfGates) <= 0 || isSlip)
    return error('feature-gates/unknown', `Kubernetes ${minor} has no feature gate ${name}`, {
      hint:
        near === null
          ? 'remove it: a component with an unknown feature gate does not start'
          : `did you mean ${near}?`,
      source,
      ...at(name),
    })
  return warning('feature-gates/unknown', `hakube does not know the feature gate ${name}`, {
    hint: 'check its name: a component with an unknown feature gate does not start',
    source,
    ...at(name),
  })
}

function checkKnown({ name, value, minor }: Given, gate: KnownGate): Diagnostic[] {
  if (!hasGate(gate, minor)) {
    const isGone = gate.last !== null && compareVersions(minor, gate.last) > 0
    const message = isGone
      ? `Kubernetes ${gate.last} was the last with the feature gate ${name}, and this is ${minor}: components do not start with it`
      : `Kubernetes ${gate.first} is the first with the feature gate ${name}, and this is ${minor}: components do not start with it`
    return [
      error('feature-gates/release', message, {
        hint: `remove it${isGone ? whatBecame(gate) : ''}`,
        source: isGone ? sourceOfRemoved : source,
        ...at(name),
      }),
    ]
  }
  const locked = lockedValue(gate, minor)
  if (locked === null || locked === value) return []
  const since = gate.locked?.from ? ` since Kubernetes ${gate.locked.from}` : ''
  return [
    error(
      'feature-gates/locked',
      `${name} is always ${locked}${since}: components do not start with ${value}`,
      {
        hint: 'remove it',
        source,
        ...at(name),
        onKey: false,
      },
    ),
  ]
}

function whatBecame({ locked }: KnownGate): string {
  if (locked === null) return ': the feature is always on, or was removed'
  return locked.value ? ': the feature is always on' : ': the feature was removed'
}
