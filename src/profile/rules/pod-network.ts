import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import type { Network } from '../../network/addresses.ts'
import { usualMaxPods, usualNodeMask } from '../defaults.ts'
import { isNodeRole } from '../schema.ts'
import type { Profile } from '../schema.ts'
import { asDiagnostics, isOff } from './conflict.ts'
import { toldKubelets } from './kubelet-conflicts.ts'

const managerPage =
  'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/'
const calicoPage = 'https://docs.tigera.io/calico/latest/reference/resources/ippool'

/** The pod network as it is written, and where; `path` is where something can be changed. */
export type PodNetwork = { text: string; path: Path; network: Network }

/** How many bits lie between the pod network and a node's part at most (pkg/controller/nodeipam/ipam/cidrset/cidr_set.go). */
const mostBits = 16

/** The block that Calico gives a node at a time; a node may have several (IPPool, blockSize). */
const calicoBlock = 26

const masks = ['node-cidr-mask-size', 'node-cidr-mask-size-ipv4'] as const

const manager: Path = ['kubernetes', 'controllerManagerArguments']

/** Whether the pod network has room for the nodes and their pods. */
export function checkPodNetwork(profile: Profile, pods: PodNetwork): Diagnostic[] {
  const given = profile.kubernetes.controllerManagerArguments ?? {}
  const [name, ...others] = masks.filter((each) => given[each] !== undefined)
  if (name !== undefined && others.length > 0)
    return asDiagnostics(
      {
        message: `the controller manager ends with both ${masks.join(' and ')}`,
        hint: 'keep node-cidr-mask-size',
        source: managerPage,
      },
      [...manager, masks[1]],
    )
  const mask = name === undefined ? usualNodeMask : Number(given[name])
  if (!Number.isInteger(mask)) return []
  const path = name === undefined ? null : [...manager, name]
  if (path !== null && (mask < 1 || mask > 32))
    return asDiagnostics(
      { message: `${mask} is not a prefix length of IPv4`, hint: 'write one from 9 to 30, e.g. 24' },
      path,
    )
  const allocates = !isOff(String(given['allocate-node-cidrs'] ?? 'true'))
  const plugin = profile.networkPlugin?.name
  if (!allocates && plugin === 'flannel')
    return asDiagnostics(
      {
        message: 'flannel takes the part of each node in the pod network from Kubernetes',
        hint: 'remove allocate-node-cidrs',
        source: 'https://github.com/flannel-io/flannel/blob/master/Documentation/kubernetes.md',
      },
      [...manager, 'allocate-node-cidrs'],
    )
  const tooLarge = allocates ? checkSize(pods, mask) : []
  if (tooLarge.length > 0) return tooLarge
  if (plugin === 'calico') return checkCalico(profile, pods, allocates ? mask : null)
  if (!allocates && plugin !== 'flannel-service') return []
  const tooSmall = checkRoom(pods, mask, nodesOf(profile))
  return tooSmall.length > 0 ? tooSmall : checkMostPods(profile, mask, path)
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

/** kube-controller-manager gives each node a part of the pod network. */
function checkRoom({ text, path, network }: PodNetwork, mask: number, nodes: number): Diagnostic[] {
  const room = roomIn(network, mask)
  if (nodes <= room) return []
  return [
    error(
      'network/pod-network-size',
      `the pod network ${text} has room for ${room} nodes, and there are ${nodes}`,
      {
        hint: `each node gets a /${mask}: write kubernetes.podNetwork with /${prefixFor(nodes, mask)} or a shorter prefix`,
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

/** Pods that get no address wait for one: without the first address, the last, and what else a plug-in keeps. */
function checkMostPods(profile: Profile, mask: number, maskPath: Path | null): Diagnostic[] {
  const addresses = Math.max(0, 2 ** (32 - mask) - 2)
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
        `a node has a /${mask} of the pod network, which is ${addresses} addresses, and may start ${most} pods${whose}`,
        {
          hint:
            given === undefined
              ? `write kubeletArguments: {max-pods: "${addresses}"}, or a shorter node-cidr-mask-size: pods without an address do not start`
              : `write at most ${addresses}, or node-cidr-mask-size: "${maskFor(most)}" in kubernetes.controllerManagerArguments: pods without an address do not start`,
          path,
          source: managerPage,
        },
      ),
    ]
  })
}

const maskFor = (pods: number): number => 32 - Math.ceil(Math.log2(pods + 2))

/**
 * Calico's own address management takes blocks from the pod network, and no notice of the nodes' parts. The controller manager does.
 *
 * @param mask of a node's part; null where Kubernetes allocates none
 */
function checkCalico(
  profile: Profile,
  { text, path, network }: PodNetwork,
  mask: number | null,
): Diagnostic[] {
  const nodes = nodesOf(profile)
  const blocks = roomIn(network, calicoBlock)
  if (nodes > blocks)
    return [
      error(
        'network/pod-network-size',
        `the pod network ${text} has ${blocks} blocks for Calico, and there are ${nodes} nodes`,
        {
          hint: `each node gets at least a /${calicoBlock}: write kubernetes.podNetwork with /${prefixFor(nodes, calicoBlock)} or a shorter prefix`,
          path,
          source: calicoPage,
        },
      ),
    ]
  if (mask === null || network.prefixLength <= mask) return []
  return [
    error(
      'network/pod-network-size',
      `the controller manager ends with the pod network ${text}, which has no room for the /${mask} of a node`,
      {
        hint: 'write kubernetes.controllerManagerArguments: {allocate-node-cidrs: "false"}: Calico does not need them',
        path,
        source: managerPage,
      },
    ),
  ]
}
