import { criDockerUnit, dockerUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import { archiveStamp, installCommand } from './assets.ts'
import { groundwork } from '../assembly/start-steps.ts'
import { type Component, memberMark, type Part, type Unit } from '../assembly/component.ts'
import {
  authorityFiles,
  crictlFile,
  isNode,
  mirrorAddress,
  runtimePackages,
  sandboxImageOf,
} from './container-runtime.ts'
import { dockerOptionsFile } from './flannel.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { isDualStack } from '../cluster/families.ts'
import { quote } from '../text/quote.ts'
import {
  files as filesOnChange,
  firstBootUnit,
  type OnChangeByCase,
  stepIsGone,
  manual,
} from '../assembly/on-change.ts'

const template = (name: string, data: object) => render(`cloud-init/docker/${name}.ejs`, data)

/** https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file */
function daemonConfiguration({ mirrors }: Cluster): object {
  const mirror = mirrors.images['docker.io']
  return {
    // A machine needs a single cgroup manager: systemd, for the kubelet too (cgroupDriver in KubeletConfiguration).
    'exec-opts': ['native.cgroupdriver=systemd'],
    // Set explicitly, because Docker 29 stores the images of new machines in containerd by default (docker/docs#23717).
    'storage-driver': 'overlay2',
    features: { 'containerd-snapshotter': false },
    // Without a limit, the logs of a pod grow until the disk is full.
    'log-driver': 'json-file',
    'log-opts': { 'max-size': '50m', 'max-file': '3' },
    // Docker supports mirrors of its own registry only.
    ...(mirror === undefined ? {} : { 'registry-mirrors': [mirrorAddress(mirror)] }),
  }
}

const usesFlannel = ({ networkPlugin }: Cluster): boolean => networkPlugin.name === 'flannel-service'

const criDockerSocket = 'cri-docker.socket'

/** Whether the kubelet reaches Docker through cri-dockerd. */
const usesCriDockerd = ({ system }: Machine): boolean => system.containerRuntime.unit !== dockerUnit

function units(cluster: Cluster, machine: Machine): Unit[] {
  const { containerRuntime } = machine.system
  // With flannel, Docker's start depends on other machines, so no step may wait for it.
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
          speaksToKubelet: !usesCriDockerd(machine),
        }),
      },
    ],
  }
  if (!usesCriDockerd(machine)) return [docker]
  const data = {
    sandboxImage: sandboxImageOf(cluster),
    // Without a plugin, pods are in Docker's own network, which flannel configures.
    networkPlugin: usesFlannel(cluster) ? '' : 'cni',
    // Without it the kubelet sees only one address of a pod (Mirantis/cri-dockerd#65, #70).
    dualStack: isDualStack(cluster),
  }
  return [
    docker,
    { name: criDockerSocket, content: template(criDockerSocket, {}), start: 'blocking', after },
    { name: criDockerUnit, content: template(criDockerUnit, data), start, after },
  ]
}

function makePart(cluster: Cluster, machine: Machine): Part {
  const { containerRuntime } = machine.system
  const { criDockerd } = containerRuntime
  return {
    packages: runtimePackages(machine),
    repositories: containerRuntime.repositories,
    kernelModules: [{ name: 'overlay', reason: 'layers of images' }],
    files: [
      {
        path: '/etc/docker/daemon.json',
        mode: '0644',
        content: `${JSON.stringify(daemonConfiguration(cluster), null, 2)}\n`,
        onChange: filesOnChange(
          'Docker reads it when it starts; its containers are stopped and started again',
          [dockerUnit],
        ),
      },
      crictlFile(machine),
      ...authorityFiles(cluster, '/etc/docker/certs.d'),
    ],
    assets:
      usesCriDockerd(machine) && criDockerd
        ? [
            {
              ...criDockerd,
              what: 'cri-dockerd archive',
              source: 'https://github.com/Mirantis/cri-dockerd/releases',
            },
          ]
        : [],
    steps:
      usesCriDockerd(machine) && criDockerd
        ? [
            {
              name: 'docker',
              script: template('step', {
                stamp: quote(archiveStamp('cri-dockerd')),
                memberMark: quote(memberMark),
                sum: quote(criDockerd.sha256),
                install: installCommand(cluster, criDockerd, {
                  name: 'cri-dockerd',
                  into: '/usr/local/bin',
                  programs: ['cri-dockerd'],
                }),
              }),
              after: groundwork,
              onChange: keptByMembers,
            },
          ]
        : [],
    units: units(cluster, machine),
    checks: [
      {
        name: 'docker',
        script: template('check', {
          socket: usesCriDockerd(machine) ? quote(containerRuntime.socket) : '',
        }),
      },
    ],
  }
}

/** Unlike other programs that a unit runs: on a member, the step leaves it unchanged. */
const keptByMembers: OnChangeByCase = {
  removed: stepIsGone,
  otherwise: manual(
    'a member of a cluster keeps its cri-dockerd, as a new one is for drained nodes: docs/upgrade.md has the commands',
    [firstBootUnit],
  ),
}

export const docker: Component = {
  name: 'docker',
  purpose:
    'Runs containers with Docker, through cri-dockerd where the kubelet no longer talks to Docker directly.',
  stage: 'container-runtime',
  steps: ['docker'],
  units: [dockerUnit, criDockerUnit, criDockerSocket],
  appliesTo: (_cluster, machine) => machine.system.containerRuntime.name === 'docker' && isNode(machine),
  contribute: onceForEach<Part>(sameForAll, makePart),
}
