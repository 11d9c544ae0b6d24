import type { ContainerRuntime } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, Part } from '../assembly/component.ts'
import { isNode } from './container-runtime.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { quote } from '../text/quote.ts'

/** Where the runtimes store images and the writes of containers, by default. */
const directories: Readonly<Record<ContainerRuntime['name'], string>> = {
  containerd: '/var/lib/containerd',
  'cri-o': '/var/lib/containers',
  docker: '/var/lib/docker',
}

export const imagesInMemory: Component = {
  name: 'images-in-memory',
  purpose: 'Keeps images in a file system that supports mounting them, where the root is in memory.',
  stage: 'container-runtime',
  steps: ['images-in-memory'],
  // Not needed if they have a disk of their own.
  appliesTo: (_cluster, machine) =>
    !machine.system.install.keepsDisk &&
    isNode(machine) &&
    !machine.storage.data.some(({ mount }) => mount === directories[machine.system.containerRuntime.name]),
  contribute: onceForEach<Part>(sameForAll, (_cluster, { system }) => ({
    steps: [
      {
        name: 'images-in-memory',
        script: render('cloud-init/images-in-memory/step.ejs', {
          directory: quote(directories[system.containerRuntime.name]),
        }),
        // This is before any unit starts, because all units wait for the packages too.
        after: ['packages'],
      },
    ],
  })),
}
