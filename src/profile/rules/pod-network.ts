import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import type { Network } from '../../network/addresses.ts'
import { usualMaxPods } from '../defaults-kubernetes.ts'
import { isNodeRole } from '../schema.ts'
import type { Profile } from '../schema.ts'
import { count } from '../../text/count.ts'
import { asDiagnostics, isOff } from './conflict.ts'
import { toldKubelets } from './told-kubelets.ts'
import { usualOf, nodeMasks, type NodeMask } from './node-masks.ts'

const managerPage =
  'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/'
const calicoPage = 'https://docs.tigera.io/calico/latest/reference/resources/ippool'

/** The pod network as written; `path` is a position at which it can be changed. */
export type PodNetwork = { text: string; path: Path; network: Network }

/**
 * The maximum difference between the prefix lengths of the pod network and a node's subnet
 * (pkg/controller/nodeipam/ipam/cidrset/cidr_set.go).
 */
const mostBits = 16

/** The size of the blocks that Calico gives a node, by family; a node may have several (IPPool, blockSize). */
const calicoBlocks = { 4: 26, 6: 122 } as const

const manager: Path = ['kubernetes', 'controllerManagerArguments']

/** Whether the pod networks, at most one of each family, are large enough for the nodes and their pods. */
export function checkPodNetworks(profile: Profile, pods: readonly PodNetwork[]): Diagnostic[] {
  const read = nodeMasks(
    profile,
    pods.map(({ network }) => network),
  )
  if ('diagnostics' in read) return read.diagnostics
  const given = profile.kubernetes.controllerManagerArguments ?? {}
  const allocates = !isOff(String(given['allocate-node-cidrs'] ?? 'true'))
  if (!allocates && profile.networkPlugin?.name === 'flannel')
    return asDiagnostics(
      {
        message: "flannel needs Kubernetes to assign each node's part of the pod network",
        hint: 'remove allocate-node-cidrs',
        source: 'https://github.com/flannel-io/flannel/blob/master/Documentation/kubernetes.md',
      },
      [...manager, 'allocate-node-cidrs'],
    )
  return pods.flatMap((each, index) => {
    const mask = read.masks[index]
    return mask ? checkPodNetwork(profile, each, mask, allocates) : []
  })
}

function checkPodNetwork(
  profile: Profile,
  pods: PodNetwork,
  { mask, path }: NodeMask,
  allocates: boolean,
): Diagnostic[] {
  const plugin = profile.networkPlugin?.name
  const tooLarge = allocates ? checkSize(pods, mask) : []
  if (tooLarge.length > 0) return tooLarge
  if (plugin === 'calico') return checkCalico(profile, pods, allocates ? mask : null)
  if (!allocates && plugin !== 'flannel-service') return []
  if (path !== null && mask < pods.network.prefixLength)
    return [
      error(
        'network/pod-network-size',
        `each node would receive a /${mask}, which is more than the whole pod network ${pods.text}`,
        {
          hint: `remove it: the default is /${usualOf[pods.network.family]}; or use a shorter prefix for kubernetes.podNetwork`,
          path,
        },
      ),
    ]
  const tooSmall = checkRoom(pods, mask, nodesOf(profile))
  return tooSmall.length > 0 ? tooSmall : checkMostPods(profile, pods.network.family, mask, path)
}

const nodesOf = ({ machines }: Profile): number => machines.filter(({ role }) => isNodeRole(role)).length

function checkSize({ text, path, network }: PodNetwork, mask: number): Diagnostic[] {
  if (network.prefixLength >= mask - mostBits) return []
  return [
    error('network/pod-network-size', `the pod network ${text} is too large`, {
      hint: `write a network from /${mask - mostBits} to /${mask}`,
      path,
      source: managerPage,
    }),
  ]
}

/** kube-controller-manager gives each node a subnet of the pod network. */
function checkRoom({ text, path, network }: PodNetwork, mask: number, nodes: number): Diagnostic[] {
  const room = roomIn(network, mask)
  if (nodes <= room) return []
  return [
    error(
      'network/pod-network-size',
      `the pod network ${text} has room for ${count(room, 'node')}, but there are ${nodes}`,
      {
        hint: `each node receives a /${mask}: use /${prefixFor(nodes, mask)} or a shorter prefix for kubernetes.podNetwork`,
        path,
        source: managerPage,
      },
    ),
  ]
}

const roomIn = ({ prefixLength }: Network, mask: number): number =>
  prefixLength > mask ? 0 : 2 ** (mask - prefixLength)

const prefixFor = (parts: number, mask: number): number =>
  Math.max(mask - mostBits, 1, mask - Math.ceil(Math.log2(Math.max(parts, 1))))

/** Pods without an address wait for one. The first and last address are not available, nor those that a plugin reserves. */
function checkMostPods(profile: Profile, family: 4 | 6, mask: number, maskPath: Path | null): Diagnostic[] {
  const bits = family === 4 ? 32 : 128
  const addresses = Math.max(0, 2 ** (bits - mask) - 2)
  const sizeName = maskPath?.at(-1) ?? 'node-cidr-mask-size'
  const seen = new Set<string>()
  return [...toldKubelets(profile)].flatMap((told) => {
    const given = told.get('max-pods')
    const most = given === undefined ? usualMaxPods : Number(given.value)
    const path = given?.path ?? maskPath
    if (path === null || !(most > addresses) || seen.has(JSON.stringify(path))) return []
    seen.add(JSON.stringify(path))
    const whose = given === undefined ? ", the kubelet's default" : ''
    return [
      warning(
        'network/pods-per-node',
        `a node may start ${most} pods${whose}, but its /${mask} of the pod network has only ${addresses} addresses`,
        {
          hint:
            given === undefined
              ? `write kubeletArguments: {max-pods: "${addresses}"}, or a smaller ${sizeName}: pods without an address do not start`
              : `write at most ${addresses}, or ${sizeName}: "${maskFor(most, bits)}" in kubernetes.controllerManagerArguments: pods without an address do not start`,
          path,
          source: managerPage,
        },
      ),
    ]
  })
}

const maskFor = (pods: number, bits: number): number => bits - Math.ceil(Math.log2(pods + 2))

/**
 * Calico's own address management takes blocks from the pod network, independent of the nodes' subnets. The controller manager allocates
 * those as well.
 *
 * @param mask of a node's subnet; null if Kubernetes does not allocate any
 */
function checkCalico(
  profile: Profile,
  { text, path, network }: PodNetwork,
  mask: number | null,
): Diagnostic[] {
  const nodes = nodesOf(profile)
  const block = calicoBlocks[network.family]
  const blocks = roomIn(network, block)
  if (nodes > blocks)
    return [
      error(
        'network/pod-network-size',
        `the pod network ${text} has ${blocks} blocks for Calico, but there are ${nodes} nodes`,
        {
          hint: `each node receives at least a /${block}: use /${prefixFor(nodes, block)} or a shorter prefix for kubernetes.podNetwork`,
          path,
          source: calicoPage,
        },
      ),
    ]
  if (mask === null || network.prefixLength <= mask) return []
  return [
    error(
      'network/pod-network-size',
      `the controller manager exits: the pod network ${text} has no room for a node's /${mask}`,
      {
        hint: 'write kubernetes.controllerManagerArguments: {allocate-node-cidrs: "false"}, which Calico does not need',
        path,
        source: managerPage,
      },
    ),
  ]
}
