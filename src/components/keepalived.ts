import { haproxyUnit, keepalivedUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { Link } from '../cluster/link-types.ts'
import { networkOf } from '../cluster/links.ts'
import { compareVersions } from '../text/versions.ts'
import { render } from '../templates/template.ts'
import { startStepName } from '../assembly/start-steps.ts'
import type { Component, File, Unit } from '../assembly/component.ts'
import { virtualAddressStateScript } from './conntrackd.ts'
import { interfaceUnit } from './interface.ts'
import { refusedByConnections, refusedByReachable } from './kernel-limits.ts'
import {
  balancesInPods,
  interfaceParameter,
  loadBalancingOf,
  meetingPlace,
  monitor,
  monitorUrl,
  otherLinks,
  packagesOf,
  peersOf,
  syncsConnections,
  virtualAddresses,
} from './load-balancers.ts'
import { isIPv6 } from '../text/address-family.ts'
import { keepalivedPod, readWhenPodStarts } from './load-balancers/static-pods.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { sourceAddressUnit } from './source-address.ts'
import { program, restarts } from '../assembly/on-change.ts'

/** Added to the priority of a machine whose haproxy works. */
const weight = 100

/** The first load balancer is preferred. Differences stay below `weight`, so there can be at most 100. */
const priorityOf = (rank: number): number => Math.max(1, 100 - rank)

export const keepalived: Component = {
  name: 'keepalived',
  purpose: 'Assigns the virtual addresses to a load balancer whose haproxy works (VRRP).',
  stage: 'load-balancing',
  units: [keepalivedUnit],
  appliesTo: (_cluster, machine) => machine.balancesLoad,
  contribute(cluster, machine) {
    const peers = peersOf(cluster, machine)
    const addresses = virtualAddresses(loadBalancingOf(cluster))
    const pod = balancesInPods(cluster)
    return {
      refusedSysctls: [...refusedByReachable, ...refusedByConnections],
      packages: pod ? packagesOf(machine, 'curl') : packagesOf(machine, 'keepalived', 'curl'),
      files: files(cluster, machine),
      ports: peers.length
        ? [{ protocol: 'vrrp', sources: peers, purpose: 'VRRP of keepalived, between load balancers' }]
        : [],
      units: pod ? [] : [service(cluster, machine)],
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

/** Whether keepalived.conf can use `$NAME`, set by an included file: since 1.4.0 (its ChangeLog). Images are newer. */
const hasParameters = (cluster: Cluster, machine: Machine): boolean =>
  balancesInPods(cluster) || compareVersions(machine.system.distribution.keepalivedVersion, '1.4') >= 0

const service = (cluster: Cluster, machine: Machine): Unit => ({
  name: keepalivedUnit,
  dropIns: [
    {
      name: 'hakube.conf',
      content: render('cloud-init/keepalived/drop-in.conf.ejs', {
        hasParameters: hasParameters(cluster, machine),
      }),
    },
  ],
  start: 'blocking',
  after: [interfaceUnit, haproxyUnit, machine.system.distribution.units.conntrackd, sourceAddressUnit].map(
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
      onChange: pod ? readWhenPodStarts('keepalived') : restarts('keepalived', keepalivedUnit),
    },
    {
      path: '/usr/libexec/keepalived/check-haproxy',
      mode: '0755',
      content: pod
        ? render('cloud-init/keepalived/check-haproxy-in-pod.ejs', { ...monitor, url: quote(monitorUrl) })
        : render('cloud-init/keepalived/check-haproxy.ejs', { monitorUrl: quote(monitorUrl) }),
      onChange: program,
    },
    ...(pod ? [keepalivedPod(cluster, machine)] : []),
    ...(hasParameters(cluster, machine)
      ? []
      : [
          {
            path: '/usr/libexec/hakube/configure-keepalived',
            mode: '0755',
            content: render('cloud-init/keepalived/configure-keepalived.ejs', {}),
            onChange: restarts('keepalived', keepalivedUnit),
          },
        ]),
  ]
}

/** An address with the prefix length of its network, and with its interface if VRRP uses another one. */
function withPrefixLength(cluster: Cluster, machine: Machine, address: string): string {
  const found = networkOf(cluster, machine, address)
  if (!found) throw new Error(`no network for ${address}: a rule of the profile should have rejected it`)
  const { prefixLength, link } = found
  const isHere = link === meetingPlace(cluster, machine).link
  return `${address}/${prefixLength}${isHere ? '' : ` dev ${reference(link)}`}`
}

/** The spelling of an interface in keepalived.conf: its name, or a parameter from the included file. */
const reference = (link: Link): string => `${link.kind === 'ethernet' ? '$' : ''}${interfaceParameter(link)}`

function configuration(cluster: Cluster, machine: Machine) {
  const loadBalancing = loadBalancingOf(cluster)
  const addresses = virtualAddresses(loadBalancing)
  const written = (wanted: readonly string[]) =>
    wanted.map((address) => withPrefixLength(cluster, machine, address))
  return render('cloud-init/keepalived/keepalived.conf.ejs', {
    cluster: cluster.name,
    machine: machine.name,
    address: meetingPlace(cluster, machine).address,
    hasOthers: otherLinks(cluster, machine).some(({ kind }) => kind === 'ethernet'),
    tracked: otherLinks(cluster, machine).map(reference),
    hasParameters: hasParameters(cluster, machine),
    // Since 2.1.0 (acassen/keepalived eeae5a83). Left out in containers, which may not change priorities, and whose version is unknown.
    hasMaxAutoPriority:
      !balancesInPods(cluster) && compareVersions(machine.system.distribution.keepalivedVersion, '2.1') >= 0,
    virtualRouterId: loadBalancing.virtualRouterId,
    weight,
    priority: priorityOf(machine.balancerRank ?? 0),
    peers: peersOf(cluster, machine),
    virtualAddresses: written(addresses.filter((address) => !isIPv6(address))),
    virtualAddresses6: written(addresses.filter(isIPv6)),
    // Only connection synchronization needs to know where the addresses are.
    stateScript: syncsConnections(cluster) ? virtualAddressStateScript : '',
  })
}
