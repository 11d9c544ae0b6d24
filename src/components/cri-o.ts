import { crioUnit } from '../distributions/unit-names.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, File, Part } from '../assembly/component.ts'
import {
  authorityFiles,
  crictlFile,
  isNode,
  mirrorAddress,
  registryLogins,
  runtimePackages,
  sandboxImageOf,
} from './container-runtime.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { tomlString } from '../text/toml.ts'
import { restarts } from '../assembly/on-change.ts'

/** containers-registries.conf(5): images are pulled from the mirror first. */
function mirrorsFile({ mirrors }: Cluster): File[] {
  const registries = Object.entries(mirrors.images).map(([registry, address]) => {
    const { protocol, host, pathname } = new URL(mirrorAddress(address))
    return {
      registry: tomlString(registry),
      mirror: tomlString(`${host}${pathname.replace(/\/$/, '')}`),
      insecure: protocol === 'http:',
    }
  })
  if (registries.length === 0) return []
  return [
    {
      path: '/etc/containers/registries.conf.d/50-hakube.conf',
      mode: '0644',
      content: render('cloud-init/cri-o/registries.conf.ejs', { registries }),
      from: ['mirrors', 'images'],
      onChange: restarts('cri-o', crioUnit),
    },
  ]
}

const loginsPath = '/etc/crio/hakube-registries.json'

/** containers-auth.json(5): the login of a mirror is that of its own host. */
function loginsFile(cluster: Cluster): File[] {
  const auths = registryLogins(cluster).map(({ host, username, password }) => [
    host,
    { auth: Buffer.from(`${username}:${password}`).toString('base64') },
  ])
  if (auths.length === 0) return []
  return [
    {
      path: loginsPath,
      mode: '0600',
      secret: true,
      content: `${JSON.stringify({ auths: Object.fromEntries(auths) }, null, 2)}\n`,
      onChange: restarts('cri-o', crioUnit),
    },
  ]
}

export const criO: Component = {
  name: 'cri-o',
  purpose:
    'Runs containers with CRI-O of the same minor version as Kubernetes, and the mirrors of the profile.',
  stage: 'container-runtime',
  steps: ['cri-o'],
  units: [crioUnit],
  appliesTo: (_cluster, machine) => machine.system.containerRuntime.name === 'cri-o' && isNode(machine),
  contribute: onceForEach<Part>(sameForAll, (cluster, machine) => ({
    packages: runtimePackages(machine),
    repositories: machine.system.containerRuntime.repositories,
    kernelModules: [{ name: 'overlay', reason: 'layers of images' }],
    files: [
      {
        // Read after the package's own 10-crio.conf (crio.conf.d(5)).
        path: '/etc/crio/crio.conf.d/50-hakube.conf',
        mode: '0644',
        content: render('cloud-init/cri-o/crio.conf.ejs', {
          minor: cluster.kubernetes.minor,
          selinux: machine.system.selinux !== null,
          sandboxImage: tomlString(sandboxImageOf(cluster)),
          logins: Object.keys(cluster.mirrors.logins).length > 0 ? tomlString(loginsPath) : '',
        }),
        onChange: restarts('cri-o', crioUnit),
      },
      crictlFile(machine),
      ...mirrorsFile(cluster),
      ...loginsFile(cluster),
      ...authorityFiles(cluster, '/etc/containers/certs.d'),
    ],
    steps: [{ name: 'cri-o', script: render('cloud-init/cri-o/step.ejs', {}), after: ['packages'] }],
    // crio.service has this name as an Alias= (contrib/systemd/crio.service of CRI-O).
    units: [{ name: crioUnit, aliases: ['cri-o.service'], start: 'blocking', after: ['cri-o'] }],
    checks: [{ name: 'cri-o', script: render('cloud-init/cri-o/check.ejs', {}) }],
  })),
}
