import type { Component, Part } from '../assembly/component.ts'
import { program, readAgain } from '../assembly/on-change.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { nodeNameOf } from '../cluster/node-name.ts'
import { mayRegister } from '../profile/node-labels.ts'
import { isNodeRole } from '../profile/schema.ts'
import { render } from '../templates/template.ts'

export const nodeLabelsTimer = 'hakube-node-labels.timer'

const template = (name: string, data: object) => render(`cloud-init/node-labels/${name}.ejs`, data)

/** `NODE KEY=VALUE` for labels that a kubelet may not set itself. */
const restrictedLabels = onceForEach(sameForAll, (cluster: Cluster): string[] =>
  cluster.machines
    .filter(({ role }) => isNodeRole(role))
    .flatMap((machine) =>
      machine.settings.labels
        .filter(({ key }) => !mayRegister(key))
        .map(({ key, value }) => `${nodeNameOf(cluster, machine)} ${key}=${value}`),
    ),
)

/**
 * Labels such as `node-role.kubernetes.io/worker`, which only an administrator may set. Every control plane sets them on all existing
 * nodes: a machine may join late or again, and any control plane may be down.
 */
export const nodeLabels: Component = {
  name: 'node-labels',
  purpose: 'Sets the labels of nodes that kubelets may not set themselves.',
  units: [nodeLabelsTimer],
  appliesTo: (cluster, machine) =>
    machine.role === 'control-plane' && restrictedLabels(cluster, machine).length > 0,
  contribute: onceForEach<Part>(sameForAll, (cluster, machine) => ({
    files: [
      {
        path: '/etc/hakube/node-labels',
        mode: '0644',
        content: `${restrictedLabels(cluster, machine).join('\n')}\n`,
        onChange: readAgain('read each minute'),
      },
      {
        path: '/usr/libexec/hakube/node-labels',
        mode: '0755',
        content: template('node-labels', {}),
        onChange: program,
      },
      {
        path: '/etc/systemd/system/hakube-node-labels.service',
        mode: '0644',
        content: template('hakube-node-labels.service', {}),
        onChange: readAgain('read when its timer starts it'),
      },
    ],
    units: [
      {
        name: nodeLabelsTimer,
        content: template(nodeLabelsTimer, {}),
        start: 'blocking',
        after: ['kubeadm'],
      },
    ],
  })),
}
