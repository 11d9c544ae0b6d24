import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { dualStackGate } from '../../distributions/kubernetes.ts'
import { contains, parseAddress } from '../../network/addresses.ts'
import { innerNetworks, readInnerNetworks, type InnerNetwork } from '../inner-networks.ts'
import { subnetsOf, type Subnet } from '../layout.ts'
import { derivedSubnet6, givenAddress6, withNodeAddresses6 } from '../node-addresses6.ts'
import { isNodeRole, type Profile, type ProfileMachine } from '../schema.ts'
import type { Rule } from './rule.ts'
import { ipv6Off } from './virtual-addresses.ts'

/* The address families of pods, services and nodes: https://kubernetes.io/docs/concepts/services-networking/dual-stack/ */

const kubeadmPage =
  'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/'

type Read = InnerNetwork & { network: { family: 4 | 6 } }

export const familyRules: Rule = ({ profile }) => {
  const read = readInnerNetworks(profile)
  // Another rule reports networks that cannot be parsed.
  if (read.length < innerNetworks(profile).length) return []
  const pods = read.filter(({ key }) => key === 'podNetwork')
  const services = read.filter(({ key }) => key === 'serviceNetwork')
  const wrong = [...checkOnce(pods), ...checkOnce(services)]
  if (wrong.length > 0) return wrong
  const different = checkSame(pods, services)
  if (different.length > 0) return different
  return [
    ...checkGate(profile, pods),
    ...(pods.some(({ network }) => network.family === 6)
      ? [...checkPlugin(profile, pods), ...checkNodes(profile, pods), ...checkOff(profile, pods)]
      : []),
  ]
}

const fieldOf = ({ key }: Read): Path => ['kubernetes', key]
const familiesIn = (list: readonly Read[]): string =>
  list.map(({ network }) => `IPv${network.family}`).join(' and ')

const examples = {
  podNetwork: { 4: '10.244.0.0/16', 6: 'fd00:10:244::/56' },
  serviceNetwork: { 4: '10.96.0.0/16', 6: 'fd00:10:96::/112' },
} as const

function checkOnce(list: readonly Read[]): Diagnostic[] {
  return list.flatMap((each, index) => {
    const first = list.findIndex(({ network }) => network.family === each.network.family)
    const earlier = list[first]
    if (first === index || !earlier) return []
    return [
      error(
        'dual-stack/families',
        `${earlier.text} and ${each.text} are both IPv${each.network.family} networks, and a cluster has one ${each.what} of each family`,
        {
          hint: `keep one of them; for dual stack, the other is e.g. ${examples[each.key][each.network.family === 4 ? 6 : 4]}`,
          path: each.path,
          related: [{ path: earlier.path, message: 'the other' }],
          source: kubeadmPage,
        },
      ),
    ]
  })
}

/** The API server has an address in the primary family of services, and nodes in that of pods, so both must be the same. */
function checkSame(pods: readonly Read[], services: readonly Read[]): Diagnostic[] {
  if (familiesIn(pods) === familiesIn(services)) return []
  const [wider, other] = services.length > pods.length ? [services, pods] : [pods, services]
  const [own, theirs] = [wider[0], other[0]]
  if (!own || !theirs) return []
  const isOrder = wider.length === other.length && wider.length > 1
  // Points to the one in the profile, if the other is a default.
  const at = theirs.written === null ? own : theirs
  const wanted = wider.map(
    ({ network }) =>
      other.find((each) => each.network.family === network.family)?.text ??
      examples[theirs.key][network.family],
  )
  const written = wanted.length === 1 ? wanted[0] : `[${wanted.join(', ')}]`
  return [
    error(
      'dual-stack/families',
      isOrder
        ? `the first ${own.what} is IPv${own.network.family}, but the first ${theirs.what} is IPv${theirs.network.family}`
        : `${own.what}s are ${familiesIn(wider)}, but ${theirs.what}s are ${familiesIn(other)}`,
      {
        hint: `write kubernetes.${theirs.key}: ${written}`,
        path: fieldOf(at),
        source: kubeadmPage,
      },
    ),
  ]
}

function checkGate({ kubernetes: { featureGates = {} } }: Profile, pods: readonly Read[]): Diagnostic[] {
  if (featureGates[dualStackGate] !== false || pods.length < 2) return []
  return [
    error('dual-stack/gate', `without the feature gate ${dualStackGate} there is only one address family`, {
      hint: 'remove it: hakube sets it where a release needs it',
      path: ['kubernetes', 'featureGates', dualStackGate],
      source: kubeadmPage,
    }),
  ]
}

/** For data in etcd, flannel documents IPv4 only (Documentation/configuration.md, Dual-stack). */
function checkPlugin({ networkPlugin }: Profile, pods: readonly Read[]): Diagnostic[] {
  const found = pods.find(({ network }) => network.family === 6)
  if (networkPlugin?.name !== 'flannel-service' || !found) return []
  return [
    error('dual-stack/network-plugin', 'flannel as a service connects pods by IPv4 only', {
      hint: 'write networkPlugin.name: flannel with a manifest that has EnableIPv6, or calico or cilium',
      path: found.path,
      related: [{ path: ['networkPlugin', 'name'], message: 'the network plugin is set here' }],
      source: 'https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md#dual-stack',
    }),
  ]
}

type Node = { index: number; machine: ProfileMachine; subnet: Subnet }

function nodesOf({ machines }: Profile, subnets: readonly Subnet[]): Node[] {
  return machines.flatMap((machine, index) => {
    const first = parseAddress(machine.address)
    const subnet = first && subnets.find((each) => contains(each.subnet, first))
    return isNodeRole(machine.role) && subnet ? [{ index, machine, subnet }] : []
  })
}

/** Nodes need an address of each family, in the network of their subnet. */
function checkNodes(given: Profile, pods: readonly Read[]): Diagnostic[] {
  const isDerived = derivedSubnet6(given) !== null
  const profile = withNodeAddresses6(given)
  const subnets = subnetsOf(profile)
  const nodes = nodesOf(profile, subnets)
  const used = subnets.filter(({ path }) => nodes.some(({ subnet }) => subnet.path === path))
  const cause = pods.find(({ network }) => network.family === 6)
  const related = cause ? [{ path: cause.path, message: 'pods have IPv6 addresses here' }] : []
  const fail = (message: string, hint: string, path: Path) =>
    error('dual-stack/node-address', message, { hint, path, related, source: kubeadmPage })
  return [
    // Another rule reports addresses that cannot be parsed.
    ...used
      .filter(({ subnet6, path }) => !subnet6 && !hasSubnet6(profile, path))
      .map(({ path, subnet }) =>
        fail(
          `the nodes in ${subnet.text} have no IPv6 network, but their pods do`,
          'write subnet6 and gateway6 of each subnet, and let the routers between them know these',
          [...path, 'subnet'],
        ),
      ),
    ...nodes.flatMap(({ index, machine, subnet: { subnet6 } }) =>
      subnet6 && !givenAddress6(machine, subnet6)
        ? [
            fail(
              `${machine.name} has no IPv6 address, and ${subnet6.text} has no room for one derived from its IPv4 address`,
              `write addresses with an address of ${subnet6.text}, or a network of /96 or a shorter prefix`,
              ['machines', index, 'address'],
            ),
          ]
        : [],
    ),
    ...used.flatMap(({ subnet6, gateway6, path }) =>
      subnet6 && gateway6 === null && (!isDerived || given.networkPlugin?.name === 'flannel')
        ? [noGateway(subnet6.text, isDerived ? ['network', 'subnet'] : [...path, 'subnet6'])]
        : [],
    ),
  ]
}

const noGateway = (network: string, path: Path): Diagnostic =>
  warning(
    'dual-stack/no-gateway',
    `the nodes in ${network} have no IPv6 default route: they forward packets, and so ignore router advertisements`,
    {
      hint: 'write subnet6 and gateway6; flannel needs it, and without it pods cannot reach other networks over IPv6',
      path,
      source: 'https://docs.kernel.org/networking/ip-sysctl.html (accept_ra)',
    },
  )

const hasSubnet6 = ({ network }: Profile, path: Path): boolean => {
  const [, , index] = path
  const place = typeof index === 'number' ? network.subnets?.[index] : network
  return place?.subnet6 !== undefined
}

function checkOff(profile: Profile, pods: readonly Read[]): Diagnostic[] {
  const found = pods.find(({ network }) => network.family === 6)
  if (!found) return []
  const say = (what: string) => ({
    code: 'dual-stack/ipv6-off' as const,
    message: `${what} disables IPv6, but pods have addresses of ${found.text}`,
  })
  return ipv6Off(profile, say, (role) => role === null || isNodeRole(role))
}
