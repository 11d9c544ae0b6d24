import { containerdUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { Path } from '../diagnostics/diagnostic.ts'
import { oldestKernel } from '../distributions/kernels.ts'
import { compareVersions } from '../text/versions.ts'
import { render } from '../templates/template.ts'
import type { Component, File, Part } from '../assembly/component.ts'
import {
  crictlFile,
  isNode,
  mirrorAddress,
  pemFile,
  registryLogins,
  runtimePackages,
  sandboxImageOf,
} from './container-runtime.ts'
import { onceForEach } from '../assembly/once.ts'
import { tomlString } from '../text/toml.ts'
import { readAgain, restarts } from '../assembly/on-change.ts'

/** `/etc/containerd/certs.d/<registry>/hosts.toml` for one mirror, and the CAs that are trusted there. */
function mirrorFiles(registry: string, address: string, authorities: readonly string[] | undefined): File[] {
  if (!/^[A-Za-z0-9][A-Za-z0-9.:_-]*$|^_default$/.test(registry))
    throw new Error(`not the name of an image registry: ${registry}`)
  const mirror = mirrorAddress(address)
  // The registry host of Docker Hub differs from the name in images.
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry
  const directory = `/etc/containerd/certs.d/${registry}`
  const onChange = readAgain('read for each image')
  const from: Path = ['mirrors', 'images', registry]
  const ca = authorities && {
    path: `${directory}/hakube-ca.crt`,
    mode: '0644',
    content: pemFile(authorities),
    from: [...from, 'ca'],
    onChange,
  }
  const hosts: File = {
    path: `${directory}/hosts.toml`,
    mode: '0644',
    content: render('cloud-init/containerd/hosts.toml.ejs', {
      // _default applies to all registries without a directory of their own.
      server: registry === '_default' ? '' : tomlString(`https://${host}`),
      mirror: tomlString(mirror),
      hasPath: new URL(mirror).pathname !== '/',
      ca: ca ? tomlString(ca.path) : '',
      // Asked last, and without the CA of the section below.
      isItself: new URL(mirror).host === host,
    }),
    from,
    // https://github.com/containerd/containerd/blob/main/docs/hosts.md
    onChange,
  }
  return ca ? [hosts, ca] : [hosts]
}

function files(cluster: Cluster, machine: Machine): readonly File[] {
  const { kubernetes, mirrors } = cluster
  const { containerRuntime } = machine.system
  const logins = registryLogins(cluster)
  return [
    {
      path: '/etc/containerd/config.toml',
      mode: logins.length > 0 ? '0600' : '0644',
      ...(logins.length > 0 ? { secret: true } : {}),
      content: render('cloud-init/containerd/config.toml.ejs', {
        logins: logins.map(({ host, username, password }) => ({
          host: tomlString(host),
          username: tomlString(username),
          password: tomlString(password),
        })),
        format: containerRuntime.configuration,
        minor: kubernetes.minor,
        sandboxImage: tomlString(sandboxImageOf(cluster)),
      }),
      onChange: restarts('containerd', containerdUnit),
    },
    crictlFile(machine),
    ...Object.entries(mirrors.images).flatMap(([registry, address]) =>
      mirrorFiles(registry, address, mirrors.authorities[registry]),
    ),
  ]
}

/**
 * Kernels from 3.15 on always detach mounts; that of CentOS 7 only if this is set. Docker sets it when it starts, containerd does not:
 * https://github.com/scality/metalk8s/pull/3212, https://access.redhat.com/solutions/5430091
 */
function detachesMounts({ settings, system }: Machine): NonNullable<Part['sysctls']> {
  const kernel = oldestKernel(system.distribution, [settings.kernelPackage?.name ?? null])
  if (compareVersions(kernel, '3.15') >= 0) return []
  const reason = 'directories of removed containers and pods would remain, "device or resource busy"'
  return [{ key: 'fs.may_detach_mounts', value: '1', reason }]
}

export const containerd: Component = {
  name: 'containerd',
  purpose: 'Runs containers with containerd, the systemd cgroup driver and the mirrors of the profile.',
  stage: 'container-runtime',
  units: [containerdUnit],
  appliesTo: (_cluster, machine) => machine.system.containerRuntime.name === 'containerd' && isNode(machine),
  contribute: onceForEach<Part>(
    ({ settings }) => settings.kernelPackage?.name ?? '',
    (cluster, machine) => ({
      packages: runtimePackages(machine),
      repositories: machine.system.containerRuntime.repositories,
      kernelModules: [{ name: 'overlay', reason: 'layers of images' }],
      sysctls: detachesMounts(machine),
      files: files(cluster, machine),
      units: [{ name: containerdUnit, start: 'blocking' }],
      checks: [{ name: 'containerd', script: render('cloud-init/containerd/check-containerd.ejs', {}) }],
    }),
  ),
}
