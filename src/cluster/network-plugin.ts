import { isNodeRole, roles, type Profile, type Role } from '../profile/schema.ts'
import { resolveAsset } from './assets.ts'
import type { Cluster, NetworkPlugin } from './cluster.ts'
import type { Choice } from './facts.ts'

/** What connects the pods. */
export function resolveNetworkPlugin(given: Profile['networkPlugin'], { choose }: Choice): NetworkPlugin {
  return {
    name: choose(
      ['networkPlugin', 'name'],
      given?.name,
      'other',
      'files, commands and manifests of the profile bring one',
    ),
    manifest: given?.manifest ? resolveAsset(given.manifest) : null,
    archive: given?.archive ? resolveAsset(given.archive) : null,
    plugins: given?.plugins ? resolveAsset(given.plugins) : null,
  }
}

/** In the order in which they are applied. */
export const resolveManifests = ({ manifests }: Profile): Cluster['manifests'] =>
  (manifests ?? []).map((manifest, index) => ({
    name: manifest.name,
    ...resolveAsset(manifest),
    from: ['manifests', index],
  }))

/** Roles with a client certificate of etcd: those of the profile, and all nodes where flannel keeps its data in etcd. */
export function resolveEtcdClients({ etcd, networkPlugin }: Profile, { choose }: Choice): readonly Role[] {
  const usesEtcd = networkPlugin?.name === 'flannel-service'
  const usual: readonly Role[] = usesEtcd ? roles.filter(isNodeRole) : []
  const clients: readonly Role[] = choose(
    ['etcd', 'clients'],
    etcd?.clients,
    usual,
    usesEtcd ? 'flannel keeps its data there' : 'no role has certificates for etcd of its own',
  )
  return roles.filter((role) => usual.includes(role) || clients.includes(role))
}
