import type { Cluster } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import { installCommand } from './assets.ts'
import { groundwork } from '../assembly/assemble.ts'
import type { Component, Part, Unit } from '../assembly/component.ts'
import { crictlFile, isNode, mirrorAddress, runtimePackages, sandboxImageOf } from './container-runtime.ts'
import { dockerOptionsFile } from './flannel.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { quote } from '../text/quote.ts'
import { files as filesOnChange, installs } from '../assembly/on-change.ts'

const template = (name: string, data: object) => render(`cloud-init/docker/${name}.ejs`, data)

/** https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file */
function daemonConfiguration({ mirrors }: Cluster): object {
  const mirror = mirrors.images['docker.io']
  return {
    // One manager of control groups on a machine: systemd, for the kubelet too (cgroupDriver in KubeletConfiguration).
    'exec-opts': ['native.cgroupdriver=systemd'],
    // Named, because Docker 29 keeps the images of new machines in containerd otherwise (docker/docs#23717).
    'storage-driver': 'overlay2',
    features: { 'containerd-snapshotter': false },
    // Without it the logs of a pod grow until the disk is full.
    'log-driver': 'json-file',
    'log-opts': { 'max-size': '50m', 'max-file': '3' },
    // It knows mirrors of its own registry only.
    ...(mirror === undefined ? {} : { 'registry-mirrors': [mirrorAddress(mirror)] }),
  }
}

const usesFlannel = ({ networkPlugin }: Cluster): boolean => networkPlugin.name === 'flannel-service'

/** Whether cri-dockerd stands between the kubelet and Docker. */
const usesCriDockerd = ({ containerRuntime }: Cluster): boolean => containerRuntime.unit !== dockerUnit

const dockerUnit = 'docker.service'

function units(cluster: Cluster): Unit[] {
  const { containerRuntime } = cluster
  // Where it waits for flannel it waits for other machines, and nothing here may wait for it.
  const start = usesFlannel(cluster) ? 'no-block' : 'blocking'
  const after = ['docker', ...(usesFlannel(cluster) ? ['flannel'] : [])]
  const docker: Unit = {
    name: dockerUnit,
    start,
    after,
    dropIns: [
      {
        name: '10-hakube.conf',
        content: template('drop-in.conf', {
          optionsFile: usesFlannel(cluster) ? dockerOptionsFile : '',
          program: containerRuntime.packages === 'distribution' ? '/usr/sbin/dockerd' : '/usr/bin/dockerd',
          speaksToKubelet: !usesCriDockerd(cluster),
        }),
      },
    ],
  }
  if (!usesCriDockerd(cluster)) return [docker]
  const data = {
    sandboxImage: sandboxImageOf(cluster),
    // Without a plug-in, pods are in Docker's own network, which is flannel's then.
    networkPlugin: usesFlannel(cluster) ? '' : 'cni',
  }
  return [
    docker,
    { name: 'cri-docker.socket', content: template('cri-docker.socket', {}), start: 'blocking', after },
    { name: 'cri-docker.service', content: template('cri-docker.service', data), start, after },
  ]
}

function makePart(cluster: Cluster): Part {
  const { containerRuntime } = cluster
  const { criDockerd } = containerRuntime
  return {
    packages: runtimePackages(cluster),
    repositories: containerRuntime.repositories,
    kernelModules: [{ name: 'overlay', reason: 'layers of images' }],
    files: [
      {
        path: '/etc/docker/daemon.json',
        mode: '0644',
        content: `${JSON.stringify(daemonConfiguration(cluster), null, 2)}\n`,
        onChange: filesOnChange('Docker reads it when it starts; its containers end and are started again', [
          dockerUnit,
        ]),
      },
      crictlFile(cluster),
    ],
    assets:
      usesCriDockerd(cluster) && criDockerd
        ? [
            {
              ...criDockerd,
              what: 'cri-dockerd archive',
              source: 'https://github.com/Mirantis/cri-dockerd/releases',
            },
          ]
        : [],
    steps:
      usesCriDockerd(cluster) && criDockerd
        ? [
            {
              name: 'docker',
              script: template('step', {
                install: installCommand(cluster, criDockerd, {
                  name: 'cri-dockerd',
                  into: '/usr/local/bin',
                  programs: ['cri-dockerd'],
                }),
              }),
              after: groundwork,
              onChange: installs('cri-docker.service'),
            },
          ]
        : [],
    units: units(cluster),
    checks: [
      {
        name: 'docker',
        script: template('check', {
          socket: usesCriDockerd(cluster) ? quote(containerRuntime.socket) : '',
        }),
      },
    ],
  }
}

export const docker: Component = {
  name: 'docker',
  purpose: 'Runs containers with Docker, by cri-dockerd where the kubelet no longer speaks to it itself.',
  stage: 'container-runtime',
  appliesTo: ({ containerRuntime: { name } }, machine) => name === 'docker' && isNode(machine),
  contribute: onceForEach<Part>(sameForAll, makePart),
}
