import type { Cluster } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, File, Part } from './component.ts'
import { crictlFile, isNode, mirrorAddress, sandboxImageOf } from './container-runtime.ts'
import { onceForEach, sameForAll } from './once.ts'
import { tomlString } from './toml.ts'

/** `/etc/containerd/certs.d/<registry>/hosts.toml` for one mirror. */
function mirrorFile(registry: string, address: string): File {
  if (!/^[A-Za-z0-9][A-Za-z0-9.:_-]*$|^_default$/.test(registry))
    throw new Error(`not the name of an image registry: ${registry}`)
  const mirror = mirrorAddress(address)
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
        sandboxImage: tomlString(sandboxImageOf(cluster)),
      }),
    },
    crictlFile(cluster),
    ...Object.entries(mirrors.images).map(([registry, address]) => mirrorFile(registry, address)),
  ]
}

export const containerd: Component = {
  name: 'containerd',
  purpose: 'Runs containers, with systemd as the manager of control groups and the mirrors of the profile.',
  appliesTo: ({ containerRuntime: { name } }, machine) => name === 'containerd' && isNode(machine),
  contribute: onceForEach<Part>(sameForAll, (cluster) => ({
    packages: cluster.containerRuntime.installs.map((name) => ({ name })),
    repositories: cluster.containerRuntime.repositories,
    kernelModules: [{ name: 'overlay', reason: 'layers of images' }],
    files: files(cluster),
    units: [{ name: 'containerd.service', start: 'blocking' }],
    checks: [{ name: 'containerd', script: render('cloud-init/containerd/check-containerd.ejs', {}) }],
  })),
}
