import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { etcdPlacementOf } from '../placements.ts'
import { isNodeRole } from '../schema.ts'
import type { Profile } from '../schema.ts'
import { settingsPlaces, type Rule } from './rule.ts'

const at = (key: string): Path => ['networkPlugin', key]

/** The network plugin, and the manifests. */
export const networkPluginRules: Rule = ({ profile }) => [
  ...checkParts(profile),
  ...checkEtcd(profile),
  ...checkReversePath(profile),
  ...checkNoProxy(profile),
  ...checkManifests(profile),
]

/** Calico (eBPF data plane) and Cilium can replace kube-proxy; flannel has no such feature (flannel, README). */
function checkNoProxy({ kubernetes, networkPlugin }: Profile): Diagnostic[] {
  const name = networkPlugin?.name
  if (kubernetes.proxyMode !== 'none' || (name !== 'flannel' && name !== 'flannel-service')) return []
  return [
    error('network-plugin/no-proxy', `without kube-proxy nothing forwards services: ${name} does not`, {
      hint: 'remove proxyMode, or use Cilium or Calico with its eBPF data plane',
      path: ['kubernetes', 'proxyMode'],
      source: 'https://kubernetes.io/docs/reference/networking/virtual-ips/',
    }),
  ]
}

const releases = 'https://github.com/flannel-io/flannel/releases'

/** The files that each plugin requires, and those that have no effect. */
function checkParts({ networkPlugin: given }: Profile): Diagnostic[] {
  if (!given) return []
  const byManifest = given.name === 'calico' || given.name === 'cilium' || given.name === 'flannel'
  const diagnostics: Diagnostic[] = []
  if (byManifest && !given.manifest) {
    diagnostics.push(
      warning('network-plugin/no-manifest', `nothing installs ${given.name}`, {
        hint: 'set manifest with path and sha256 of its manifest, or apply it yourself when the cluster runs',
        path: at('name'),
      }),
    )
  }
  if (!byManifest && given.manifest) {
    diagnostics.push(
      error('network-plugin/unused', `${given.name} does not use a manifest`, {
        hint: 'make it an item of manifests',
        path: at('manifest'),
        onKey: true,
      }),
    )
  }
  if (given.name === 'flannel-service' && !given.archive) {
    diagnostics.push(
      error('network-plugin/no-archive', 'no distribution packages flanneld', {
        hint: `set archive with path and sha256 of a release from ${releases}`,
        path: at('name'),
      }),
    )
  }
  if (given.name !== 'flannel-service' && given.archive) {
    diagnostics.push(
      error(
        'network-plugin/unused',
        `${given.name} is not installed as a service, so archive has no effect`,
        {
          hint: 'remove archive, or write name: flannel-service',
          path: at('archive'),
          onKey: true,
        },
      ),
    )
  }
  return diagnostics
}

/** Stacked etcd starts with `kubeadm init` and may not be reachable by others, but flanneld must run before pods. */
function checkEtcd(profile: Profile): Diagnostic[] {
  if (profile.networkPlugin?.name !== 'flannel-service' || etcdPlacementOf(profile) !== 'stacked') return []
  return [
    error('network-plugin/stacked-etcd', 'flanneld needs etcd before kubeadm starts one', {
      hint: 'write etcd.placement: control-plane, or give three machines role: etcd',
      path: at('name'),
    }),
  ]
}

/** https://docs.tigera.io/calico/latest/reference/resources/felixconfig, ignoreLooseRPF */
function checkReversePath(profile: Profile): Diagnostic[] {
  if (profile.networkPlugin?.name !== 'calico') return []
  return [...settingsPlaces(profile)].flatMap(({ path, role, settings }) =>
    role !== null && !isNodeRole(role)
      ? []
      : Object.entries(settings.sysctls ?? {})
          .filter(
            ([key, value]) =>
              /^-?net[./]ipv4[./]conf[./]all[./]rp_filter$/.test(key) && String(value).trim() === '2',
          )
          .map(([key]) =>
            error('network-plugin/reverse-path', 'Calico does not start with a loose reverse path filter', {
              hint: 'write 0 or 1',
              path: [...path, 'sysctls', key],
              source: 'https://docs.tigera.io/calico/latest/reference/resources/felixconfig',
            }),
          ),
  )
}

function checkManifests({ manifests = [] }: Profile): Diagnostic[] {
  const names = manifests.map(({ name }) => name)
  return names.flatMap((name, index) => {
    const path = ['manifests', index, 'name']
    const first = names.indexOf(name)
    if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > 63) {
      const message = `${JSON.stringify(name)} is not a manifest name`
      return [error('manifests/name', message, { hint: 'use lowercase letters, digits and dashes', path })]
    }
    // The record of applied manifests uses this name for networkPlugin.manifest.
    if (name === 'network-plugin') {
      const message = `the name ${name} is used by the manifest of networkPlugin`
      return [error('manifests/name', message, { hint: 'write another name', path })]
    }
    if (first === index) return []
    return [
      error('manifests/duplicate', `two manifests have the name ${name}`, {
        hint: 'rename one of them',
        path,
        related: [{ path: ['manifests', first, 'name'], message: 'the other' }],
      }),
    ]
  })
}
