import { defaultOf, defaults, type Default } from '../profile/defaults.ts'
import { roles, type Profile, type Role } from '../profile/schema.ts'
import { resolveAsset } from './asset-address.ts'
import type { Cluster, NetworkPlugin } from './cluster.ts'
import type { Choice } from './facts.ts'

/** The network plugin of the pods. */
export function resolveNetworkPlugin(given: Profile['networkPlugin'], { choose }: Choice): NetworkPlugin {
  return {
    name: choose(['networkPlugin', 'name'], given?.name, defaultOf.networkPlugin),
    manifest: given?.manifest ? resolveAsset(given.manifest) : null,
    archive: given?.archive ? resolveAsset(given.archive) : null,
    plugins: given?.plugins ? resolveAsset(given.plugins) : defaults.cniPlugins,
  }
}

/** In the order in which they are applied. */
export const resolveManifests = ({ manifests }: Profile): Cluster['manifests'] =>
  (manifests ?? []).map((manifest, index) => ({
    name: manifest.name,
    ...resolveAsset(manifest),
    from: ['manifests', index],
  }))

/** Roles with an etcd client certificate: those of the profile, and all nodes if flannel stores its data in etcd. */
export function resolveEtcdClients({ etcd, networkPlugin }: Profile, { choose }: Choice): readonly Role[] {
  const usual: Default<readonly Role[]> = defaultOf.etcdClients.of(networkPlugin?.name === 'flannel-service')
  const clients: readonly Role[] = choose(['etcd', 'clients'], etcd?.clients, usual)
  return roles.filter((role) => usual.value.includes(role) || clients.includes(role))
}
