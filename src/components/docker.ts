import { criDockerUnit, dockerUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import { archiveStamp, installCommand } from './assets.ts'
import { groundwork } from '../assembly/start-steps.ts'
import { type Component, memberMark, type Part, type Unit } from '../assembly/component.ts'
import { crictlFile, isNode, mirrorAddress, runtimePackages, sandboxImageOf } from './container-runtime.ts'
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

const criDockerSocket = 'cri-docker.socket'

/** Whether cri-dockerd stands between the kubelet and Docker. */
const usesCriDockerd = ({ system }: Machine): boolean => system.containerRuntime.unit !== dockerUnit

function units(cluster: Cluster, machine: Machine): Unit[] {
  const { containerRuntime } = machine.system
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
          speaksToKubelet: !usesCriDockerd(machine),
        }),
      },
    ],
  }
  if (!usesCriDockerd(machine)) return [docker]
  const data = {
    sandboxImage: sandboxImageOf(cluster),
    // Without a plugin, pods are in Docker's own network, which is flannel's then.
    networkPlugin: usesFlannel(cluster) ? '' : 'cni',
    // Without it the kubelet sees one address of a pod (Mirantis/cri-dockerd#65, #70).
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

/** Not like a program whose unit is restarted: on a member the step leaves it alone. */
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
