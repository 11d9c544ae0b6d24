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
 * The taints that kubeadm gives control planes by default. A list in the configuration replaces them, so it has to repeat them. `master`
 * until 1.24, `control-plane` from 1.24 (kubernetes/kubernetes#107533, #110095).
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
  // kubeadm reads an empty list as no taints, and a missing one as its defaults (SetNodeRegistrationDynamicDefaults in
  // cmd/kubeadm/app/util/config/initconfiguration.go). For workers both mean the same.
  if (settings.taints.length === 0) return role === 'control-plane' ? [] : null
  const own = settings.taints.map(({ key, value, effect }) => ({ key, ...(value ? { value } : {}), effect }))
  const usual = role === 'control-plane' ? taintsOfControlPlanes(kubernetes.minor) : []
  const isOwn = (taint: Taint) => own.some(({ key, effect }) => key === taint.key && effect === taint.effect)
  return [...usual.filter((taint) => !isOwn(taint)), ...own]
}

/**
 * Until 1.23 the kubelet talks to Docker itself if the socket is exactly the one that kubeadm knows (DefaultDockerCRISocket in
 * cmd/kubeadm/app/constants); with `unix://` it would expect a CRI runtime there.
 */
function criSocketOf({ kubernetes }: Cluster, { system }: Machine): string {
  const { name, socket } = system.containerRuntime
  const speaksToDocker = name === 'docker' && compareVersions(kubernetes.minor, '1.24') < 0
  return speaksToDocker ? socket.replace(/^unix:\/\//, '') : socket
}

/** Labels that the kubelet sets itself when it registers. The component `node-labels` sets the others. */
function nodeLabels({ settings }: Machine): Argument[] {
  const labels = settings.labels.filter(({ key }) => mayRegister(key))
  return labels.length === 0
    ? []
    : [{ name: 'node-labels', value: labels.map(({ key, value }) => `${key}=${value}`).join(',') }]
}

/**
 * If systemd-resolved runs on its machine, kubeadm init writes its resolv.conf into the configuration of all kubelets. kubeadm join keeps
 * that, and a kubelet without that file starts no pods (kubernetes/kubeadm#3034). If it runs only on other machines, the kubelets there
 * would give pods an address of the machine's loopback interface.
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
    // With several interfaces or a virtual address, the kubelet could choose the wrong address.
    { name: 'node-ip', value: nodeAddresses(cluster, machine).join(',') },
    ...nodeLabels(machine),
    ...resolverFile(cluster, machine),
    ...machine.system.containerRuntime.kubeletArguments,
    ...kubeletFieldArguments(cluster, machine),
    ...machine.settings.kubeletArguments.map(({ name, value }) => ({ name, value })),
  ],
  taints: taintsOf(cluster, machine),
  patches: patchesOf(cluster, machine),
  // The load balancer's pods exist before a join, and some releases expect an empty directory then (cmd/kubeadm/app/preflight/checks.go,
  // RunJoinNodeChecks).
  ignoredPreflightErrors: [
    ...(runsStaticPods(cluster, machine) ? ['DirAvailable--etc-kubernetes-manifests'] : []),
    // haproxy runs before the API server, and the check tests the port on all addresses (PortOpenCheck there).
    ...(machine.role === 'control-plane' && sharesApiPort(cluster)
      ? [`Port-${cluster.kubernetes.apiServerPort}`]
      : []),
    // Older releases report an error regardless of the kubelet's configuration (SwapCheck there).
    ...(keepsSwap(machine) ? ['Swap'] : []),
  ],
})
