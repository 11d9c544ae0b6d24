import type { Cluster, Machine } from '../cluster/cluster.ts'
import { compareVersions } from '../distributions/kubernetes.ts'
import { render } from '../templates/template.ts'
import { startStepName } from './assemble.ts'
import type { Component, File } from './component.ts'
import { virtualAddressStateScript } from './conntrackd.ts'
import { interfaceUnit } from './interface.ts'
import {
  loadBalancingOf,
  monitorUrl,
  packagesOf,
  peersOf,
  syncsConnections,
  virtualAddresses,
} from './load-balancers.ts'
import { quote, quoteAll } from './quote.ts'
import { sourceAddressUnit } from './source-address.ts'

/** What a machine whose haproxy works has on top of its priority. */
const weight = 100

/** The first load balancer is preferred. Differences stay below `weight`, so no more than 100 take part. */
const priorityOf = (rank: number): number => Math.max(1, 100 - rank)

export const keepalived: Component = {
  name: 'keepalived',
  purpose: 'Puts the virtual addresses on one of the load balancers whose haproxy works (VRRP).',
  appliesTo: (_cluster, machine) => machine.balancesLoad,
  contribute(cluster, machine) {
    const peers = peersOf(cluster, machine)
    const addresses = virtualAddresses(loadBalancingOf(cluster))
    return {
      packages: packagesOf(cluster, 'keepalived', 'curl'),
      files: files(cluster, machine),
      ports: peers.length
        ? [{ protocol: 'vrrp', sources: peers, purpose: 'VRRP of keepalived, between load balancers' }]
        : [],
      units: [
        {
          name: 'keepalived.service',
          dropIns: [{ name: 'hakube.conf', content: render('cloud-init/keepalived/drop-in.conf.ejs', {}) }],
          start: 'blocking',
          after: [
            interfaceUnit,
            'haproxy.service',
            cluster.distribution.units.conntrackd,
            sourceAddressUnit,
          ].map((unit) => startStepName(unit)),
        },
      ],
      checks: [
        {
          name: 'keepalived',
          script: render('cloud-init/keepalived/check.ejs', {
            virtualAddresses: quoteAll(addresses),
            alone: peers.length === 0,
          }),
        },
      ],
    }
  },
}

function files(cluster: Cluster, machine: Machine): File[] {
  return [
    { path: '/etc/keepalived/keepalived.conf', mode: '0644', content: configuration(cluster, machine) },
    {
      path: '/usr/libexec/keepalived/check-haproxy',
      mode: '0755',
      content: render('cloud-init/keepalived/check-haproxy.ejs', { monitorUrl: quote(monitorUrl) }),
    },
  ]
}

function configuration(cluster: Cluster, machine: Machine) {
  const loadBalancing = loadBalancingOf(cluster)
  return render('cloud-init/keepalived/keepalived.conf.ejs', {
    cluster: cluster.name,
    machine: machine.name,
    address: machine.address,
    // In keepalived.conf(5) of 2.2, not in that of 1.3.
    hasMaxAutoPriority: compareVersions(cluster.distribution.keepalivedVersion, '2.2') >= 0,
    virtualRouterId: loadBalancing.virtualRouterId,
    weight,
    priority: priorityOf(machine.balancerRank ?? 0),
    peers: peersOf(cluster, machine),
    virtualAddresses: virtualAddresses(loadBalancing).map(
      (address) => `${address}/${cluster.network.prefixLength}`,
    ),
    // Nobody else has to know where the addresses are.
    stateScript: syncsConnections(cluster) ? virtualAddressStateScript : '',
  })
}
