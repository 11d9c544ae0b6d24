import { isMapping } from '../../text/data.ts'
import { argumentsOf } from '../arguments/index.ts'
import { knownFields } from './index.ts'

/*
 * Fields of KubeletConfiguration that are also arguments of the kubelet: one setting in two places. Each release has fewer of these
 * arguments, and an argument takes precedence over the files:
 * https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/#kubelet-configuration-merging-order
 */

/** Arguments whose names do not follow from the field (cmd/kubelet/app/options/options.go). */
const otherNames: Readonly<Record<string, string>> = {
  'authentication.anonymous.enabled': 'anonymous-auth',
  'authentication.webhook.cacheTTL': 'authentication-token-webhook-cache-ttl',
  'authentication.webhook.enabled': 'authentication-token-webhook',
  'authentication.x509.clientCAFile': 'client-ca-file',
  'authorization.mode': 'authorization-mode',
  'authorization.webhook.cacheAuthorizedTTL': 'authorization-webhook-cache-authorized-ttl',
  'authorization.webhook.cacheUnauthorizedTTL': 'authorization-webhook-cache-unauthorized-ttl',
  enableContentionProfiling: 'contention-profiling',
  eventRecordQPS: 'event-qps',
  imageGCHighThresholdPercent: 'image-gc-high-threshold',
  imageGCLowThresholdPercent: 'image-gc-low-threshold',
  imageMinimumGCAge: 'minimum-image-ttl-duration',
  podPidsLimit: 'pod-max-pids',
  registryPullQPS: 'registry-qps',
  reservedSystemCPUs: 'reserved-cpus',
  serverTLSBootstrap: 'rotate-server-certificates',
  staticPodPath: 'pod-manifest-path',
  staticPodURL: 'manifest-url',
  staticPodURLHeader: 'manifest-url-header',
}

/** `kubeAPIQPS` → `kube-api-qps` */
const dashed = (field: string): string =>
  field
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()

/**
 * The kubelet's argument for a field.
 *
 * @param field with dots, e.g. `authentication.webhook.enabled`
 * @returns null if the release has none
 */
export function argumentFor(field: string, minor: string): string | null {
  const name = otherNames[field] ?? dashed(field)
  return argumentsOf('kubelet', minor).includes(name) ? name : null
}

/** Mappings whose argument uses comparisons: `memory.available<100Mi`. Others use assignments: `cpu=500m`. */
const thresholds: ReadonlySet<string> = new Set(['evictionHard', 'evictionSoft'])

/** The value on the command line; null if an argument cannot express it. */
function textOf(field: string, value: unknown): string | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  if (field === 'reservedMemory') return reservedMemory(value)
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string') ? value.join(',') : null
  if (!isMapping(value) || knownFields.KubeletConfiguration.get(field)?.type !== 'texts') return null
  const sign = thresholds.has(field) ? '<' : '='
  return Object.entries(value)
    .map(([key, each]) => `${key}${sign}${String(each)}`)
    .join(',')
}

/** `0:memory=1Gi,hugepages-2Mi=64Mi;1:…` (cmd/kubelet/app/options: ReservedMemoryVar in k8s.io/component-base/cli). */
function reservedMemory(value: unknown): string | null {
  if (!Array.isArray(value)) return null
  const nodes = value.map((each: unknown) => {
    if (!isMapping(each) || !isMapping(each['limits'])) return null
    const limits = Object.entries(each['limits']).map(([key, amount]) => `${key}=${String(amount)}`)
    return `${String(each['numaNode'])}:${limits.join(',')}`
  })
  return nodes.includes(null) ? null : nodes.join(';')
}

/** A setting of a configuration, with the path of its field. */
export type ConfiguredArgument = { field: readonly string[]; name: string; value: string }

type Fields = Readonly<Record<string, unknown>>

/**
 * The settings of a KubeletConfiguration as arguments of the kubelet, if the release has one for the field.
 *
 * @param fields of the configuration; unknown fields are ignored
 */
export const argumentsIn = (fields: Fields, minor: string): ConfiguredArgument[] =>
  fieldsIn(fields).flatMap(({ field, value }) => {
    const name = argumentFor(field.join('.'), minor)
    const text = name === null ? null : textOf(field.join('.'), value)
    return name === null || text === null ? [] : [{ field, name, value: text }]
  })

/** The fields of a configuration that arguments cannot express: names with dots. */
export const withoutArgument = (fields: Fields, minor: string): string[] => {
  const said = new Set(argumentsIn(fields, minor).map(({ field }) => field.join('.')))
  return fieldsIn(fields)
    .map(({ field }) => field.join('.'))
    .filter((field) => !said.has(field))
}

/** The known fields, and fields that are not below a known one. */
function fieldsIn(fields: Fields, above: readonly string[] = []): { field: string[]; value: unknown }[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    const field = [...above, key]
    const isKnown = knownFields.KubeletConfiguration.has(field.join('.'))
    return isMapping(value) && !isKnown ? fieldsIn(value, field) : [{ field, value }]
  })
}
