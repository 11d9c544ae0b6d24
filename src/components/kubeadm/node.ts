import { keepsSwap } from '../../cluster/swap.ts'
import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { compareVersions } from '../../distributions/kubernetes.ts'
import { runsStaticPods } from '../load-balancers/static-pods.ts'
import type { Argument, NodeModel, Taint } from './model.ts'

/**
 * What kubeadm gives control planes by itself. In its list they have to be named again, because a list that is given replaces its
 * own. `master` until 1.24, `control-plane` from 1.24 (kubernetes/kubernetes#107533, #110095).
 */
export function taintsOfControlPlanes(minor: string): Taint[] {
  const keys = [
    ...(compareVersions(minor, '1.25') < 0 ? ['node-role.kubernetes.io/master'] : []),
    ...(compareVersions(minor, '1.24') >= 0 ? ['node-role.kubernetes.io/control-plane'] : []),
  ]
  return keys.map((key) => ({ key, effect: 'NoSchedule' }))
}

function taintsOf({ kubernetes }: Cluster, { role, settings }: Machine): Taint[] | null {
  if (settings.taints === null) return null
  // kubeadm takes an empty list as none, and no list as its own (SetNodeRegistrationDynamicDefaults in
  // cmd/kubeadm/app/util/config/initconfiguration.go). For workers both are the same.
  if (settings.taints.length === 0) return role === 'control-plane' ? [] : null
  const own = settings.taints.map(({ key, value, effect }) => ({ key, ...(value ? { value } : {}), effect }))
  const usual = role === 'control-plane' ? taintsOfControlPlanes(kubernetes.minor) : []
  const isOwn = (taint: Taint) => own.some(({ key, effect }) => key === taint.key && effect === taint.effect)
  return [...usual.filter((taint) => !isOwn(taint)), ...own]
}

/**
 * Until 1.23 the kubelet speaks to Docker itself when the socket is the one that kubeadm knows by exactly this name
 * (DefaultDockerCRISocket in cmd/kubeadm/app/constants); with `unix://` it would look for another runtime there.
 */
function criSocketOf({ containerRuntime: { name, socket }, kubernetes }: Cluster): string {
  const speaksToDocker = name === 'docker' && compareVersions(kubernetes.minor, '1.24') < 0
  return speaksToDocker ? socket.replace(/^unix:\/\//, '') : socket
}

/** The kubelet asks for them itself when it registers: it may, but for those of other components' (NodeRestriction). */
const nodeLabels = ({ settings }: Machine): Argument[] =>
  settings.labels.length === 0
    ? []
    : [{ name: 'node-labels', value: settings.labels.map(({ key, value }) => `${key}=${value}`).join(',') }]

export const nodeModel = (cluster: Cluster, machine: Machine): NodeModel => ({
  name: machine.name,
  address: machine.address,
  criSocket: criSocketOf(cluster),
  kubeletArguments: [
    // With several cards, or a virtual address on the same one, the kubelet may choose the wrong address.
    { name: 'node-ip', value: machine.address },
    ...nodeLabels(machine),
    ...cluster.containerRuntime.kubeletArguments,
    ...machine.settings.kubeletArguments.map(({ name, value }) => ({ name, value })),
  ],
  taints: taintsOf(cluster, machine),
  // The load balancer's pods are there before a join, and some releases look for an empty folder then
  // (cmd/kubeadm/app/preflight/checks.go, RunJoinNodeChecks).
  ignoredPreflightErrors: [
    ...(runsStaticPods(cluster, machine) ? ['DirAvailable--etc-kubernetes-manifests'] : []),
    // An error in older releases, whatever the kubelet is told (SwapCheck there).
    ...(keepsSwap(machine) ? ['Swap'] : []),
  ],
})
