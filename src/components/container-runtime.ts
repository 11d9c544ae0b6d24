import { ownSecret } from '../secrets/secrets.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { parseKubernetesVersion } from '../distributions/kubernetes.ts'
import { compareVersions } from '../text/versions.ts'
import { isNodeRole } from '../profile/schema.ts'
import { yamlEntries } from '../templates/yaml.ts'
import { startStepName } from '../assembly/start-steps.ts'
import type { File, Package } from '../assembly/component.ts'
import { program, readAgain } from '../assembly/on-change.ts'

/* What all container runtimes have in common. */

/** Whether the machine is a Kubernetes node, which needs a container runtime. */
export const isNode = (machine: Machine): boolean => isNodeRole(machine.role)

/*
 * PauseVersion in cmd/kubeadm/app/constants/constants.go of each release (until 1.20 in constants_unix.go).
 * 3.4.1: kubernetes/minikube#11425, 3.9: kubernetes-sigs/kubespray#10112, 3.10: kubernetes-sigs/image-builder#1765,
 * 3.10.1: kubernetes/kubernetes#130713, 3.10.2: kubeclipper/kubeclipper#947.
 */
const pauseVersions: readonly [firstMinor: string, pause: string][] = [
  ['1.36', '3.10.2'],
  ['1.34', '3.10.1'],
  ['1.31', '3.10'],
  ['1.26', '3.9'],
  ['1.25', '3.8'],
  ['1.24', '3.7'],
  ['1.23', '3.6'],
  ['1.22', '3.5'],
  ['1.21', '3.4.1'],
]

/*
 * From 1.25 kubeadm's images come from registry.k8s.io, and from these patches of older ones: kubernetes/kubeadm#2671,
 * kubernetes/website#38425, kubernetes/minikube#15546.
 */
const newRegistryFrom: Readonly<Record<string, number>> = { '1.22': 17, '1.23': 15, '1.24': 9 }

/**
 * The repository from which this version of kubeadm takes its images.
 *
 * @param imageRepository from the profile; null: kubeadm's default
 */
export function imageRepositoryFor(version: string, imageRepository: string | null): string {
  const parsed = parseKubernetesVersion(version)
  if (!parsed) throw new Error(`not a Kubernetes version: ${version}`)
  const { minor, patch } = parsed
  const isNew = compareVersions(minor, '1.25') >= 0 || patch >= (newRegistryFrom[minor] ?? Infinity)
  return imageRepository ?? (isNew ? 'registry.k8s.io' : 'k8s.gcr.io')
}

/**
 * The sandbox ("pause") image, under the name that this version of kubeadm uses (GetPauseImage in cmd/kubeadm/app/images/images.go).
 *
 * @param version e.g. `1.36.4`
 * @param imageRepository from the profile; null: kubeadm's default
 */
export function sandboxImage(version: string, imageRepository: string | null): string {
  const parsed = parseKubernetesVersion(version)
  if (!parsed) throw new Error(`not a Kubernetes version: ${version}`)
  const { minor } = parsed
  const pause = pauseVersions.find(([first]) => compareVersions(minor, first) >= 0)?.[1] ?? '3.2'
  return `${imageRepositoryFor(version, imageRepository)}/pause:${pause}`
}

/** The configuration file that tells crictl the socket of the container runtime. */
export const crictlFile = ({
  system: {
    containerRuntime: { socket },
  },
}: Machine): File => ({
  path: '/etc/crictl.yaml',
  mode: '0644',
  onChange: program,
  content: yamlEntries({ 'runtime-endpoint': socket, 'image-endpoint': socket, timeout: 10 }),
})

/** The sandbox image of a cluster. */
export const sandboxImageOf = ({ kubernetes }: Cluster): string =>
  sandboxImage(kubernetes.version, kubernetes.imageRepository)

/** The runtime's packages. A member keeps its versions, because an upgrade restarts containers: the node must be drained first. */
export const runtimePackages = ({ system }: Machine): Package[] =>
  system.containerRuntime.installs.map((name) => ({ name, keptByMembers: true }))

/** The address of a mirror with its scheme; HTTPS if it has none. */
export const mirrorAddress = (address: string): string =>
  address.includes('://') ? address : `https://${address}`

/** The step that starts the service to which the kubelet connects. */
export const startRuntimeStep = ({ system }: Machine): string => startStepName(system.containerRuntime.unit)

/** A login at a registry mirror; `host` is spelled as the runtimes look it up. */
export type RegistryLogin = { host: string; username: string; password: string }

/**
 * The logins at mirrors.
 *
 * @throws when the bundle lacks such a secret: opening the bundle reports that before
 */
export function registryLogins({ mirrors, secrets }: Cluster): RegistryLogin[] {
  const byHost = new Map<string, RegistryLogin>()
  for (const [registry, { username, passwordSecret }] of Object.entries(mirrors.logins)) {
    const { host } = new URL(mirrorAddress(mirrors.images[registry] ?? ''))
    const password = ownSecret(secrets, passwordSecret)
    if (password === null)
      throw new Error(`the secrets contain none of the user's own named ${passwordSecret}`)
    byHost.set(host, { host, username, password })
  }
  return [...byHost.values()]
}

/** The CAs that are trusted for the hosts of mirrors, by host, as in files that are named after hosts. */
function authoritiesByHost({ mirrors }: Cluster): [host: string, pem: readonly string[]][] {
  const byHost = new Map<string, Set<string>>()
  for (const [registry, pem] of Object.entries(mirrors.authorities)) {
    const { host } = new URL(mirrorAddress(mirrors.images[registry] ?? ''))
    byHost.set(host, new Set([...(byHost.get(host) ?? []), ...pem]))
  }
  return [...byHost].map(([host, pem]) => [host, [...pem]])
}

/** A PEM file with several certificates. */
export const pemFile = (certificates: readonly string[]): string =>
  certificates.map((pem) => `${pem}\n`).join('')

/**
 * Docker and CRI-O look for the CAs of a registry by its host and port: containers-certs.d(5),
 * https://docs.docker.com/engine/security/certificates/.
 *
 * @param directory e.g. `/etc/docker/certs.d`
 */
export const authorityFiles = (cluster: Cluster, directory: string): File[] =>
  authoritiesByHost(cluster).map(([host, certificates]) => ({
    path: `${directory}/${host}/hakube-ca.crt`,
    mode: '0644',
    content: pemFile(certificates),
    from: ['mirrors', 'images'],
    onChange: readAgain('read for each image'),
  }))
