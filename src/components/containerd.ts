import { stringify } from 'yaml'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { compareVersions, parseKubernetesVersion } from '../distributions/kubernetes.ts'
import { render } from '../templates/template.ts'
import type { Component, File, Package, Part } from './component.ts'
import { tomlString } from './toml.ts'

const socket = 'unix:///run/containerd/containerd.sock'

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
 * The image that holds the namespaces of a pod, as kubeadm of this version names it.
 *
 * @param version e.g. `1.36.4`
 */
export function sandboxImage(version: string): string {
  const parsed = parseKubernetesVersion(version)
  if (!parsed) throw new Error(`not a Kubernetes version: ${version}`)
  const { minor, patch } = parsed
  const pause = pauseVersions.find(([first]) => compareVersions(minor, first) >= 0)?.[1] ?? '3.2'
  const isNew = compareVersions(minor, '1.25') >= 0 || patch >= (newRegistryFrom[minor] ?? Infinity)
  return `${isNew ? 'registry.k8s.io' : 'k8s.gcr.io'}/pause:${pause}`
}

/** `/etc/containerd/certs.d/<registry>/hosts.toml` for one mirror. */
function mirrorFile(registry: string, address: string): File {
  if (!/^[A-Za-z0-9][A-Za-z0-9.:_-]*$|^_default$/.test(registry))
    throw new Error(`not the name of an image registry: ${registry}`)
  const mirror = address.includes('://') ? address : `https://${address}`
  // Docker's images have a name that is not the registry's own.
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry
  return {
    path: `/etc/containerd/certs.d/${registry}/hosts.toml`,
    mode: '0644',
    content: render('cloud-init/containerd/hosts.toml.ejs', {
      // _default is for all registries that have no folder of their own.
      server: registry === '_default' ? '' : tomlString(`https://${host}`),
      mirror: tomlString(mirror),
      hasPath: /^[^/]+:\/\/[^/]+\/./.test(mirror),
    }),
    from: ['mirrors', 'images', registry],
  }
}

function files(cluster: Cluster): readonly File[] {
  const { containerRuntime, kubernetes, mirrors } = cluster
  return [
    {
      path: '/etc/containerd/config.toml',
      mode: '0644',
      content: render('cloud-init/containerd/config.toml.ejs', {
        format: containerRuntime.configuration,
        minor: kubernetes.minor,
        sandboxImage: tomlString(sandboxImage(kubernetes.version)),
      }),
    },
    {
      path: '/etc/crictl.yaml',
      mode: '0644',
      content: stringify(
        { 'runtime-endpoint': socket, 'image-endpoint': socket, timeout: 10 },
        { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' },
      ),
    },
    ...Object.entries(mirrors.images).map(([registry, address]) => mirrorFile(registry, address)),
  ]
}

function makePart(cluster: Cluster): Part {
  const { package: name, repositories } = cluster.containerRuntime
  const packages: Package[] = name ? [{ name }] : []
  return {
    packages,
    repositories,
    kernelModules: [{ name: 'overlay', reason: 'layers of images' }],
    files: files(cluster),
    units: [{ name: 'containerd.service', start: 'blocking' }],
    checks: [{ name: 'containerd', script: render('cloud-init/containerd/check-containerd.ejs', {}) }],
  }
}

/** The same for all machines of a cluster. */
const parts = new WeakMap<Cluster, Part>()

export const isNode = (machine: Machine): boolean =>
  machine.role === 'control-plane' || machine.role === 'worker'

export const containerd: Component = {
  name: 'containerd',
  purpose: 'Runs containers, with systemd as the manager of control groups and the mirrors of the profile.',
  appliesTo: (_cluster, machine) => isNode(machine),
  contribute(cluster) {
    let part = parts.get(cluster)
    if (!part) {
      part = makePart(cluster)
      parts.set(cluster, part)
    }
    return part
  },
}
