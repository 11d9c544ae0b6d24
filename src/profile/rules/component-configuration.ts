import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import { argumentFor } from '../../distributions/configurations/kubelet-arguments.ts'
import {
  type ConfigurationKind,
  type FieldType,
  hasField,
  type KnownField,
  knownFields,
  lastKnownMinor,
} from '../../distributions/configurations/index.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { compareVersions } from '../../text/versions.ts'
import { parseAddress } from '../../network/addresses.ts'
import { readHostAndPort } from '../../text/host-and-port.ts'
import { isMapping } from '../../text/data.ts'
import { readsAsDuration } from './known-arguments.ts'
import { ownArguments } from './own-arguments.ts'
import type { Rule } from './rule.ts'

/* Fields of KubeletConfiguration and KubeProxyConfiguration that the profile adds. */

type Given = { kind: ConfigurationKind; path: Path; fields: Readonly<Record<string, unknown>>; minor: string }

const pages: Readonly<Record<ConfigurationKind, string>> = {
  KubeletConfiguration: 'https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/',
  KubeProxyConfiguration: 'https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/',
}

/** Fields that hakube sets itself, or that correspond to another field of the profile. */
const own: Readonly<Record<ConfigurationKind, Readonly<Record<string, string>>>> = {
  KubeletConfiguration: {
    apiVersion: 'remove it: hakube writes it',
    kind: 'remove it: hakube writes it',
    cgroupDriver: 'remove it: it is systemd, as in the container runtime',
    featureGates: 'write kubernetes.featureGates instead',
    registerWithTaints: 'write taints instead',
    podCIDR: 'remove it: the controller manager allocates it',
  },
  KubeProxyConfiguration: {
    apiVersion: 'remove it: hakube writes it',
    kind: 'remove it: hakube writes it',
    mode: 'write kubernetes.proxyMode instead',
    featureGates: 'write kubernetes.featureGates instead',
    clusterCIDR: 'remove it: it follows from kubernetes.podNetwork',
    hostnameOverride: 'remove it: it is the name of the machine',
    'ipvs.strictARP': 'remove it: virtual addresses of services must answer only where they are',
  },
}

const wordsOfType: Readonly<Record<FieldType, { fits: (value: unknown) => boolean; what: string }>> = {
  bool: { fits: (value) => typeof value === 'boolean', what: 'true or false, without quotes' },
  int: { fits: Number.isInteger, what: 'a whole number, without quotes' },
  float: { fits: (value) => typeof value === 'number', what: 'a number, without quotes' },
  duration: {
    fits: (value) => typeof value === 'string' && readsAsDuration(value),
    what: 'a duration with its unit, e.g. 90s, 5m or 1h30m',
  },
  string: { fits: (value) => typeof value === 'string', what: 'a string; quote numbers and true' },
  list: {
    fits: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
    what: 'a list of strings',
  },
  texts: {
    fits: (value) => isMapping(value) && Object.values(value).every((each) => typeof each === 'string'),
    what: 'a mapping to strings; quote numbers',
  },
  switches: {
    fits: (value) => isMapping(value) && Object.values(value).every((each) => typeof each === 'boolean'),
    what: 'a mapping to true or false',
  },
  items: { fits: Array.isArray, what: 'a list' },
  mapping: { fits: isMapping, what: 'a mapping' },
}

/** validateHostPort and bindAddress in pkg/proxy/apis/config/validation of kubernetes/kubernetes. */
const bindAddress = {
  fits: (value: unknown) => {
    if (value === '') return true
    const read = typeof value === 'string' ? readHostAndPort(value) : null
    return read !== null && parseAddress(read.host) !== null
  },
  what: 'an address, where the field has a port with a port from 1 to 65535, e.g. 0.0.0.0:10249',
}

export const componentConfigurationRules: Rule = ({ profile: { kubernetes } }) => {
  const minor = parseKubernetesVersion(kubernetes.version)?.minor
  if (minor === undefined) return []
  const check = (kind: ConfigurationKind, field: keyof typeof kubernetes, fields: Given['fields'] = {}) =>
    checkFields({ kind, path: ['kubernetes', field], fields, minor })
  const { kubeletConfiguration: kubelet, kubeProxyConfiguration: kubeProxy } = kubernetes
  return [
    ...check('KubeletConfiguration', 'kubeletConfiguration', kubelet),
    ...check('KubeProxyConfiguration', 'kubeProxyConfiguration', kubeProxy),
    ...(kubernetes.proxyMode === 'none' && kubeProxy !== undefined
      ? [
          error('configuration/no-proxy', 'there is no kube-proxy that would read this', {
            hint: 'remove it, or proxyMode: none',
            path: ['kubernetes', 'kubeProxyConfiguration'],
            onKey: true,
          }),
        ]
      : []),
  ]
}

/** Checks names, types and releases of fields, and rejects those that the profile must not set. */
export function checkFields({ kind, path, fields, minor }: Given, above = ''): Diagnostic[] {
  return Object.entries(fields).flatMap(([key, value]): Diagnostic[] => {
    const name = `${above}${key}`
    const at = { path: [...path, key], onKey: true, source: pages[kind] }
    const ownHint = Object.hasOwn(own[kind], name) ? own[kind][name] : undefined
    if (ownHint !== undefined)
      return [error('configuration/by-hakube', `hakube sets ${name} itself`, { hint: ownHint, ...at })]
    const known = knownFields[kind].get(name)
    if (known) return checkKnown(kind, name, value, known, minor, [...path, key])
    const isParent = [...knownFields[kind].keys()].some((each) => each.startsWith(`${name}.`))
    if (!isParent) return [unknown(kind, key, above, minor, at)]
    if (!isMapping(value))
      return [
        error('configuration/type', `${name} of ${kind} is a mapping`, {
          hint: `write its fields below ${key}`,
          ...at,
        }),
      ]
    return checkFields({ kind, path: [...path, key], fields: value, minor }, `${name}.`)
  })
}

function unknown(
  kind: ConfigurationKind,
  key: string,
  above: string,
  minor: string,
  at: { path: Path; onKey: boolean; source: string },
): Diagnostic {
  const siblings = [...knownFields[kind]]
    .filter(([name, known]) => name.startsWith(above) && hasField(known, minor))
    .map(([name]) => name.slice(above.length).split('.', 1)[0] ?? '')
  const near = suggest(key, siblings)
  const hint = near === null ? 'remove it' : `did you mean ${near}?`
  const message = `${kind} of Kubernetes ${minor} has no field ${above}${key}`
  return compareVersions(minor, lastKnownMinor) > 0 && near === null
    ? warning('configuration/unknown', `hakube does not know the field ${above}${key} of ${kind}`, {
        hint: 'check its name: a component does not start with a field that it does not know',
        ...at,
      })
    : error('configuration/unknown', message, { hint, ...at })
}

function checkKnown(
  kind: ConfigurationKind,
  name: string,
  value: unknown,
  known: KnownField,
  minor: string,
  path: Path,
): Diagnostic[] {
  const source = pages[kind]
  if (!hasField(known, minor)) {
    const gone = known.last !== null && compareVersions(minor, known.last) > 0
    const when = gone ? `until Kubernetes ${known.last}` : `from Kubernetes ${known.first} on`
    return [
      error('configuration/release', `${kind} has ${name} ${when}, and this is ${minor}`, {
        hint: 'remove it',
        path,
        onKey: true,
        source,
      }),
    ]
  }
  const argument = kind === 'KubeletConfiguration' ? argumentFor(name, minor) : null
  if (argument !== null) {
    const ownReason = Object.hasOwn(ownArguments.kubelet, argument)
      ? ownArguments.kubelet[argument]
      : undefined
    if (ownReason !== undefined)
      return [
        error('configuration/by-hakube', `hakube sets ${name} itself`, {
          hint: ownReason.startsWith('write ') ? `${ownReason} instead` : `remove it: ${ownReason}`,
          path,
          onKey: true,
          source,
        }),
      ]
  }
  const { fits, what } = /[bB]indAddress$/.test(name) ? bindAddress : wordsOfType[known.type]
  if (fits(value)) return []
  const shown = typeof value === 'string' ? inQuotes(value) : JSON.stringify(value)
  return [
    error('configuration/type', `${shown} is not a value of ${name}`, {
      hint: `write ${what}`,
      path,
      source,
    }),
  ]
}
