import { parse } from 'yaml'
import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { compareVersions } from '../../text/versions.ts'
import { parseAddress, parseNetwork } from '../../network/addresses.ts'
import { isMapping } from '../../text/data.ts'
import type { Profile } from '../schema.ts'
import { isHostName, readHostAndPort } from '../../text/host-and-port.ts'
import { readImagePrefix } from '../../text/image-name.ts'
import { hostOfAddress, readWebAddress, withoutScheme } from '../../text/web-address.ts'
import { isLoopback } from './conflict.ts'
import { whatIs } from './special-addresses.ts'
import type { Rule, RuleContext } from './rule.ts'

/** Settings of control planes other than arguments. */
export const controlPlaneRules: Rule = (context) => [
  ...checkInitializes(context.profile),
  ...checkCertificateNames(context.profile),
  ...checkImageRepository(context.profile),
  ...checkAuditPolicy(context),
  ...checkEncryption(context.profile),
]

function checkInitializes({ kubernetes: { initializes }, machines }: Profile): Diagnostic[] {
  if (initializes === undefined) return []
  const controlPlanes = machines.filter(({ role }) => role === 'control-plane').map(({ name }) => name)
  if (controlPlanes.includes(initializes)) return []
  const named = machines.find(({ name }) => name === initializes)
  const message = named
    ? `${initializes} is not a control plane: its role is ${named.role}`
    : `there is no machine ${JSON.stringify(initializes)}`
  return [
    error('kubernetes/initializes', message, {
      hint: didYouMean(initializes, controlPlanes),
      path: ['kubernetes', 'initializes'],
    }),
  ]
}

/** ValidateCertSANs in cmd/kubeadm/app/apis/kubeadm/validation/validation.go: addresses, names, and names that begin with `*.` */
function checkCertificateNames({ kubernetes: { certificateNames = [] }, network }: Profile): Diagnostic[] {
  const subnet = parseNetwork(network.subnet)
  return certificateNames.flatMap((name, index) => {
    const address = parseAddress(name)
    if (address) {
      const is = whatIs(address, subnet)
      // Through an SSH tunnel, the API server is at 127.0.0.1.
      if (is === null || isLoopback(name)) return []
      return [
        error(
          'kubernetes/certificate-name',
          `${name} is ${is}, so clients cannot use it to reach an API server`,
          {
            hint: 'remove it, or write the address that clients use',
            path: ['kubernetes', 'certificateNames', index],
          },
        ),
      ]
    }
    const bare = name.replace(/^\*\./, '')
    if (isHostName(bare) && bare === bare.toLowerCase() && !/^[\d.]+$/.test(bare)) return []
    return [
      error(
        'kubernetes/certificate-name',
        `${JSON.stringify(name)} is not valid in an API server's certificate`,
        {
          hint: hintOfName(name),
          path: ['kubernetes', 'certificateNames', index],
        },
      ),
    ]
  })
}

function hintOfName(text: string): string {
  const url = readWebAddress(text)
  const host = (url ? hostOfAddress(url) : readHostAndPort(text)?.host)?.toLowerCase()
  return host === undefined
    ? 'write an address or a lowercase name without https:// and port, e.g. api.example.com'
    : `write ${host}`
}

function checkImageRepository({ kubernetes: { imageRepository } }: Profile): Diagnostic[] {
  if (imageRepository === undefined) return []
  if (readImagePrefix(imageRepository) && imageRepository === imageRepository.toLowerCase()) return []
  const near = withoutScheme(imageRepository).toLowerCase()
  const isNear = readImagePrefix(near) !== null
  return [
    error(
      'kubernetes/image-repository',
      `${JSON.stringify(imageRepository)} is not a valid image name prefix`,
      {
        hint: `write registry and path, e.g. registry.example.com/kubernetes${isNear ? `; here: ${near}` : ''}`,
        path: ['kubernetes', 'imageRepository'],
        source: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
      },
    ),
  ]
}

const levels = ['None', 'Metadata', 'Request', 'RequestResponse']
const auditPage = 'https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy'

function checkAuditPolicy({ profile, sources }: RuleContext): Diagnostic[] {
  const source = profile.kubernetes.audit?.source
  const text = source === undefined ? undefined : sources.get(source)
  if (source === undefined || text === undefined) return []
  const reason = policyReason(text)
  if (reason === null) return []
  return [
    error('kubernetes/audit-policy', `${source} is not an audit policy: ${reason}`, {
      hint: 'no API server starts with an invalid policy; without source, hakube uses its own',
      path: ['kubernetes', 'audit', 'source'],
      source: auditPage,
    }),
  ]
}

/** The API server rejects a policy that it cannot parse, one without rules, and a rule without a level (pkg/audit/policy/reader.go). */
function policyReason(text: string): string | null {
  let policy: unknown
  try {
    policy = parse(text, { logLevel: 'error' })
  } catch (fault) {
    return fault instanceof Error ? (fault.message.split('\n')[0] ?? 'not YAML') : 'not YAML'
  }
  if (!isMapping(policy)) return 'it is not a mapping'
  if (policy['apiVersion'] !== 'audit.k8s.io/v1') return 'it does not have apiVersion: audit.k8s.io/v1'
  if (policy['kind'] !== 'Policy') return 'it does not have kind: Policy'
  const { rules } = policy
  if (!Array.isArray(rules) || rules.length === 0) return 'it has no rules'
  for (const [index, rule] of rules.entries()) {
    const level: unknown = isMapping(rule) ? rule['level'] : undefined
    if (typeof level !== 'string' || !levels.includes(level))
      return `rule ${index + 1} needs a level: ${levels.join(', ')}`
  }
  return null
}

const encryptionPage = 'https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/'

/** Users write the kind, but the API server accepts any name and silently encrypts nothing. */
const plurals: Readonly<Record<string, string>> = { secret: 'secrets', configmap: 'configmaps' }

function checkEncryption({ kubernetes: { encryptionAtRest, version } }: Profile): Diagnostic[] {
  const minor = parseKubernetesVersion(version)?.minor
  const resources = encryptionAtRest?.resources ?? []
  const seen = new Set<string>()
  return resources.flatMap((resource, index) => {
    const path: Path = ['kubernetes', 'encryptionAtRest', 'resources', index]
    const problem =
      resourceProblem(resource, minor ?? null) ??
      (seen.has(resource) ? twice : coveredBy(resource, resources))
    seen.add(resource)
    if (problem === null) return []
    return [
      error('kubernetes/encryption-resource', `${JSON.stringify(resource)} ${problem.text}`, {
        hint: problem.hint,
        path,
        source: encryptionPage,
      }),
    ]
  })
}

const twice = { text: 'is in this list twice', hint: 'remove one of them' }

type ResourceProblem = { text: string; hint: string }

const groupOf = (resource: string): string => resource.slice(`${resource}.`.indexOf('.') + 1)

/** The API server does not start if a list contains a resource twice (validateResourceOverlap in the file below). */
function coveredBy(resource: string, all: readonly string[]): ResourceProblem | null {
  const wider = all.find(
    (each) =>
      each !== resource && (each === '*.*' || (each.startsWith('*.') && each.slice(2) === groupOf(resource))),
  )
  return wider === undefined
    ? null
    : { text: `is already covered by ${JSON.stringify(wider)}`, hint: 'remove one of them' }
}

/**
 * Groups that API servers reject, because their objects are stored in others
 * (staging/src/k8s.io/apiserver/pkg/apis/apiserver/validation/validation_encryption.go).
 */
const otherGroups: Readonly<Record<string, string>> = {
  'events.k8s.io': 'events are stored in the core group: write events',
  extensions: 'its resources have moved to other groups, e.g. ingresses.networking.k8s.io',
}

function resourceProblem(resource: string, minor: string | null): ResourceProblem | null {
  const otherGroup = Object.hasOwn(otherGroups, groupOf(resource))
    ? otherGroups[groupOf(resource)]
    : undefined
  if (otherGroup !== undefined)
    return { text: 'belongs to a group that is not stored in etcd', hint: otherGroup }
  // kubernetes/kubernetes#115149
  if (/^\*\.(?:\*|[a-z0-9.-]*)$/.test(resource))
    return minor !== null && compareVersions(minor, '1.27') < 0
      ? {
          text: 'is a pattern, which needs Kubernetes 1.27 or later',
          hint: 'list the resources individually',
        }
      : null
  const plural = plurals[resource.toLowerCase()]
  if (plural !== undefined) return { text: 'is not a resource name', hint: `write ${plural}` }
  if (/^[a-z][a-z0-9]*(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(resource)) return null
  return {
    text: 'is not a resource name',
    hint: 'write the name that kubectl api-resources prints, followed by a dot and its group if it has one: secrets, tokens.example.com',
  }
}
