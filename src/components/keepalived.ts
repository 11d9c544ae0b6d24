import type { Cluster, Machine } from '../cluster/cluster.ts'
import { compareVersions } from '../distributions/kubernetes.ts'
import { parseNetwork } from '../network/addresses.ts'
import { render } from '../templates/template.ts'
import { startStepName } from '../assembly/assemble.ts'
import type { Component, File, Unit } from '../assembly/component.ts'
import { virtualAddressStateScript } from './conntrackd.ts'
import { interfaceUnit } from './interface.ts'
import {
  balancesInPods,
  isIPv6,
  loadBalancingOf,
  monitor,
  monitorUrl,
  packagesOf,
  peersOf,
  syncsConnections,
  virtualAddresses,
} from './load-balancers.ts'
import { keepalivedPod, readWhenPodStarts } from './load-balancers/static-pods.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { sourceAddressUnit } from './source-address.ts'
import { program, restarts } from '../assembly/on-change.ts'

/** What a machine whose haproxy works has on top of its priority. */
const weight = 100

/** The first load balancer is preferred. Differences stay below `weight`, so no more than 100 take part. */
const priorityOf = (rank: number): number => Math.max(1, 100 - rank)

export const keepalived: Component = {
  name: 'keepalived',
  purpose: 'Puts the virtual addresses on one of the load balancers whose haproxy works (VRRP).',
  stage: 'load-balancing',
  appliesTo: (_cluster, machine) => machine.balancesLoad,
  contribute(cluster, machine) {
    const peers = peersOf(cluster, machine)
    const addresses = virtualAddresses(loadBalancingOf(cluster))
    const pod = balancesInPods(cluster)
    return {
      packages: pod ? packagesOf(cluster, 'curl') : packagesOf(cluster, 'keepalived', 'curl'),
      files: files(cluster, machine),
      ports: peers.length
        ? [{ protocol: 'vrrp', sources: peers, purpose: 'VRRP of keepalived, between load balancers' }]
        : [],
      units: pod ? [] : [service(cluster)],
      checks: [
        {
          name: 'keepalived',
          script: render('cloud-init/keepalived/check.ejs', {
            pod,
            virtualAddresses: quoteAll(addresses),
            alone: peers.length === 0,
          }),
        },
      ],
    }
  },
}

/** `$NAME` in keepalived.conf, set by an included file: since 1.4.0 (its ChangeLog). Images are newer. */
const hasParameters = (cluster: Cluster): boolean =>
  balancesInPods(cluster) || compareVersions(cluster.distribution.keepalivedVersion, '1.4') >= 0

const service = (cluster: Cluster): Unit => ({
  name: 'keepalived.service',
  dropIns: [
    {
      name: 'hakube.conf',
      content: render('cloud-init/keepalived/drop-in.conf.ejs', { hasParameters: hasParameters(cluster) }),
    },
  ],
  start: 'blocking',
  after: [interfaceUnit, 'haproxy.service', cluster.distribution.units.conntrackd, sourceAddressUnit].map(
    (unit) => startStepName(unit),
  ),
})

function files(cluster: Cluster, machine: Machine): File[] {
  const pod = balancesInPods(cluster)
  return [
    {
      path: '/etc/keepalived/keepalived.conf',
      mode: '0644',
      content: configuration(cluster, machine),
      onChange: pod ? readWhenPodStarts('keepalived') : restarts('keepalived', 'keepalived.service'),
    },
    {
      path: '/usr/libexec/keepalived/check-haproxy',
      mode: '0755',
      content: pod
        ? render('cloud-init/keepalived/check-haproxy-in-pod.ejs', { ...monitor, url: quote(monitorUrl) })
        : render('cloud-init/keepalived/check-haproxy.ejs', { monitorUrl: quote(monitorUrl) }),
      onChange: program,
    },
    ...(pod ? [keepalivedPod(cluster)] : []),
    ...(hasParameters(cluster)
      ? []
      : [
          {
            path: '/usr/libexec/hakube/configure-keepalived',
            mode: '0755',
            content: render('cloud-init/keepalived/configure-keepalived.ejs', {}),
            onChange: restarts('keepalived', 'keepalived.service'),
          },
        ]),
  ]
}

/** With the prefix length of their network. */
function withPrefixLength({ network }: Cluster, address: string): string {
  if (!isIPv6(address)) return `${address}/${network.prefixLength}`
  const prefixLength = parseNetwork(network.subnet6 ?? '')?.prefixLength
  if (prefixLength === undefined)
    throw new Error(`no network for ${address}: the rules have to find that first`)
  return `${address}/${prefixLength}`
}

function configuration(cluster: Cluster, machine: Machine) {
  const loadBalancing = loadBalancingOf(cluster)
  const addresses = virtualAddresses(loadBalancing)
  const written = (wanted: readonly string[]) => wanted.map((address) => withPrefixLength(cluster, address))
  return render('cloud-init/keepalived/keepalived.conf.ejs', {
    cluster: cluster.name,
    machine: machine.name,
    address: machine.address,
    hasParameters: hasParameters(cluster),
    // Came with 2.1.0 (acassen/keepalived eeae5a83). In a container nothing may change the place, and nobody knows the version.
    hasMaxAutoPriority:
      !balancesInPods(cluster) && compareVersions(cluster.distribution.keepalivedVersion, '2.1') >= 0,
    virtualRouterId: loadBalancing.virtualRouterId,
    weight,
    priority: priorityOf(machine.balancerRank ?? 0),
    peers: peersOf(cluster, machine),
    virtualAddresses: written(addresses.filter((address) => !isIPv6(address))),
    virtualAddresses6: written(addresses.filter(isIPv6)),
    // Nobody else has to know where the addresses are.
    stateScript: syncsConnections(cluster) ? virtualAddressStateScript : '',
  })
}
