import { dualStackGate, firstMinorOfDualStack, parseKubernetesVersion } from '../distributions/kubernetes.ts'
import { parseNetwork } from '../network/addresses.ts'
import { apiServerPort, defaultOf, defaults } from '../profile/defaults.ts'
import { compareVersions } from '../text/versions.ts'
import type { Profile } from '../profile/schema.ts'
import type { FileSetting, KubeadmPatch, Kubernetes, NamedArgument } from './cluster.ts'
import type { Choice } from './facts.ts'
import { fileSetting, type Sources } from './settings.ts'
import { type HostVolume, resolveVolumes } from './volumes.ts'

/**
 * The Kubernetes settings of a cluster, with defaults filled in.
 *
 * @param kernel major.minor of the oldest kernel among the nodes
 * @throws when the version or a network cannot be parsed: rules of the profile reject that before
 */
export function resolveKubernetes(
  given: Profile['kubernetes'],
  kernel: string,
  sources: Sources,
  { take, choose }: Choice,
): Kubernetes {
  const parsed = parseKubernetesVersion(given.version)
  if (!parsed) throw new Error(`not a Kubernetes version: ${given.version}`)
  const { minor, patch } = parsed
  return {
    version: take(['kubernetes', 'version'], `${minor}.${patch}`),
    minor,
    podNetworks: chooseNetworks('podNetwork', given, choose),
    serviceNetworks: chooseNetworks('serviceNetwork', given, choose),
    domain: choose(['kubernetes', 'domain'], given.domain, defaultOf.domain),
    nodeNames: choose(['kubernetes', 'nodeNames'], given.nodeNames, defaultOf.nodeNames),
    proxyMode: choose(
      ['kubernetes', 'proxyMode'],
      given.proxyMode,
      defaultOf.proxyMode.of({ minor, kernel }),
    ),
    apiServerPort,
    certificates: choose(['kubernetes', 'certificates'], given.certificates, defaultOf.certificates),
    joinDeadlineHours: choose(
      ['kubernetes', 'joinDeadlineHours'],
      given.joinDeadlineHours,
      defaultOf.joinDeadlineHours,
    ),
    certificateNames: choose(
      ['kubernetes', 'certificateNames'],
      given.certificateNames,
      defaultOf.certificateNames,
    ),
    imageRepository: choose(
      ['kubernetes', 'imageRepository'],
      given.imageRepository,
      defaultOf.imageRepository,
    ),
    featureGates: resolveFeatureGates(given, minor, choose),
    arguments: {
      apiServer: namedArguments('apiServer', given),
      controllerManager: namedArguments('controllerManager', given),
      scheduler: namedArguments('scheduler', given),
    },
    configuration: {
      kubelet: given.kubeletConfiguration ?? {},
      kubeProxy: given.kubeProxyConfiguration ?? {},
    },
    files: {
      apiServer: componentFiles('apiServer', given, sources),
      controllerManager: componentFiles('controllerManager', given, sources),
      scheduler: componentFiles('scheduler', given, sources),
    },
    volumes: {
      apiServer: componentVolumes('apiServer', given),
      controllerManager: componentVolumes('controllerManager', given),
      scheduler: componentVolumes('scheduler', given),
    },
    patches: (given.patches ?? []).map((patch, index) => kubeadmPatch(patch, index, sources)),
    audit: given.audit ? { policy: auditPolicy(given.audit, sources) } : null,
    encryptionAtRest: given.encryptionAtRest
      ? {
          resources: choose(
            ['kubernetes', 'encryptionAtRest', 'resources'],
            given.encryptionAtRest.resources,
            defaultOf.encryptedResources,
          ),
        }
      : null,
  }
}

type Component = 'apiServer' | 'controllerManager' | 'scheduler'

/** The arguments of a component; those that refer to a file come last. */
function namedArguments(component: Component, given: Profile['kubernetes']): NamedArgument[] {
  const field = `${component}Arguments` as const
  const files = `${component}Files` as const
  return [
    ...Object.entries(given[field] ?? {}).map(([name, value]) => ({
      name,
      value: String(value),
      from: ['kubernetes', field, name],
    })),
    ...(given[files] ?? []).flatMap(({ argument, path }, index) =>
      argument === undefined
        ? []
        : [{ name: argument, value: path, from: ['kubernetes', files, index, 'argument'] }],
    ),
  ]
}

function componentFiles(component: Component, given: Profile['kubernetes'], sources: Sources): FileSetting[] {
  const field = `${component}Files` as const
  return (given[field] ?? []).map((file, index) => fileSetting(file, ['kubernetes', field, index], sources))
}

function componentVolumes(component: Component, given: Profile['kubernetes']): HostVolume[] {
  const field = `${component}Volumes` as const
  return resolveVolumes(given[field], ['kubernetes', field])
}

type ProfilePatch = NonNullable<Profile['kubernetes']['patches']>[number]

/**
 * A kubeadm patch with its text.
 *
 * @throws when `sources` lacks the text
 */
function kubeadmPatch(
  { target, type, content, source }: ProfilePatch,
  index: number,
  sources: Sources,
): KubeadmPatch {
  const given = content ?? (source === undefined ? undefined : sources.get(source))
  if (given === undefined) throw new Error(`no text for patch ${index} of ${target}`)
  return {
    target,
    type: type ?? defaults.patchType,
    content: given,
    from: ['kubernetes', 'patches', index],
  }
}

function auditPolicy({ source }: { source?: string | undefined }, sources: Sources): string | null {
  if (source === undefined) return defaults.auditPolicy
  const text = sources.get(source)
  if (text === undefined) throw new Error(`no text for the audit policy ${source}`)
  return text
}

function chooseNetworks(
  key: 'podNetwork' | 'serviceNetwork',
  given: Profile['kubernetes'],
  choose: Choice['choose'],
): readonly string[] {
  const { value, reason } = defaultOf[key]
  const written = given[key]
  const networks = written === undefined ? undefined : [written].flat().map(canonicalNetwork)
  return choose(['kubernetes', key], networks, { value: [value], reason })
}

/** The feature gates of the profile, and those that dual-stack needs. */
function resolveFeatureGates(
  given: Profile['kubernetes'],
  minor: string,
  choose: Choice['choose'],
): Readonly<Record<string, boolean>> {
  const isDual = [given.podNetwork ?? []].flat().length > 1
  const needed =
    isDual && compareVersions(minor, firstMinorOfDualStack) < 0 ? { [dualStackGate]: true } : null
  return choose(
    ['kubernetes', 'featureGates'],
    given.featureGates && { ...needed, ...given.featureGates },
    needed
      ? { value: needed, reason: `two address families before Kubernetes ${firstMinorOfDualStack}` }
      : defaultOf.featureGates,
  )
}

function canonicalNetwork(text: string): string {
  const network = parseNetwork(text)
  if (!network) throw new Error(`not a network: ${text}`)
  return network.text
}
