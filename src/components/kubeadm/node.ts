import { nodeAddress, nodeAddresses } from '../../cluster/families.ts'
import { nodeNameOf } from '../../cluster/node-name.ts'
import { keepsSwap } from '../../cluster/swap.ts'
import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { mayRegister } from '../../profile/node-labels.ts'
import { compareVersions } from '../../text/versions.ts'
import { sharesApiPort } from '../load-balancers.ts'
import { runsStaticPods } from '../load-balancers/static-pods.ts'
import { kubeletFieldArguments } from './kubelet-fields.ts'
import { patchesOf } from './patches.ts'
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
function criSocketOf({ kubernetes }: Cluster, { system }: Machine): string {
  const { name, socket } = system.containerRuntime
  const speaksToDocker = name === 'docker' && compareVersions(kubernetes.minor, '1.24') < 0
  return speaksToDocker ? socket.replace(/^unix:\/\//, '') : socket
}

/** The kubelet asks for them itself when it registers. Others the component `node-labels` sets. */
function nodeLabels({ settings }: Machine): Argument[] {
  const labels = settings.labels.filter(({ key }) => mayRegister(key))
  return labels.length === 0
    ? []
    : [{ name: 'node-labels', value: labels.map(({ key, value }) => `${key}=${value}`).join(',') }]
}

/**
 * kubeadm init writes the file of systemd-resolved into the configuration of all kubelets where that runs on its own machine; kubeadm
 * join takes it as it is, and a kubelet without that file starts no pod (kubernetes/kubeadm#3034). Where only others run it, the
 * kubelets there would give pods its address on the machine.
 */
function resolverFile({ controlPlanes, kubernetes }: Cluster, { settings, system }: Machine): Argument[] {
  const first = controlPlanes.find(({ initializes }) => initializes)
  const isSet =
    'resolvConf' in kubernetes.configuration.kubelet ||
    'resolvConf' in settings.kubeletConfiguration.fields ||
    settings.kubeletArguments.some(({ name }) => name === 'resolv-conf')
  const usesResolved = system.distribution.usesResolved ?? false
  if (!first || isSet || usesResolved === (first.system.distribution.usesResolved ?? false)) return []
  return [
    {
      name: 'resolv-conf',
      value: usesResolved ? '/run/systemd/resolve/resolv.conf' : '/etc/resolv.conf',
    },
  ]
}

export const nodeModel = (cluster: Cluster, machine: Machine): NodeModel => ({
  name: nodeNameOf(cluster, machine),
  address: nodeAddress(cluster, machine),
  criSocket: criSocketOf(cluster, machine),
  kubeletArguments: [
    // With several interfaces, or a virtual address on the same one, the kubelet may choose the wrong address.
    { name: 'node-ip', value: nodeAddresses(cluster, machine).join(',') },
    ...nodeLabels(machine),
    ...resolverFile(cluster, machine),
    ...machine.system.containerRuntime.kubeletArguments,
    ...kubeletFieldArguments(cluster, machine),
    ...machine.settings.kubeletArguments.map(({ name, value }) => ({ name, value })),
  ],
  taints: taintsOf(cluster, machine),
  patches: patchesOf(cluster, machine),
  // The load balancer's pods are there before a join, and some releases look for an empty directory then
  // (cmd/kubeadm/app/preflight/checks.go, RunJoinNodeChecks).
  ignoredPreflightErrors: [
    ...(runsStaticPods(cluster, machine) ? ['DirAvailable--etc-kubernetes-manifests'] : []),
    // haproxy is there before the API server, and the check asks for the port on all addresses (PortOpenCheck there).
    ...(machine.role === 'control-plane' && sharesApiPort(cluster)
      ? [`Port-${cluster.kubernetes.apiServerPort}`]
      : []),
    // An error in older releases, whatever the kubelet is told (SwapCheck there).
    ...(keepsSwap(machine) ? ['Swap'] : []),
  ],
})
