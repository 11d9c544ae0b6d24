import { conntrackdUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { compareVersions } from '../text/versions.ts'
import { sysctlSwitch } from '../distributions/sysctls/aliases.ts'
import { render } from '../templates/template.ts'
import { startStepName } from '../assembly/start-steps.ts'
import type { Component } from '../assembly/component.ts'
import { canonicalKey } from '../text/sysctl-key.ts'
import { interfaceUnit } from './interface.ts'
import {
  loadBalancingOf,
  meetingPlace,
  packagesOf,
  peersOf,
  syncsConnections,
  virtualAddresses,
} from './load-balancers.ts'
import { isIPv6 } from '../text/address-family.ts'
import { program, restarts } from '../assembly/on-change.ts'

/** keepalived runs it with the argument primary, backup or fault. */
export const virtualAddressStateScript = '/usr/libexec/keepalived/virtual-address-state'

const port = 3780

export const conntrackd: Component = {
  name: 'conntrackd',
  purpose: 'Synchronizes connection tracking between the load balancers.',
  stage: 'load-balancing',
  units: [conntrackdUnit],
  appliesTo: (cluster, machine) => machine.balancesLoad && syncsConnections(cluster),
  contribute(cluster, machine) {
    const restarted = restarts('conntrackd', machine.system.distribution.units.conntrackd)
    return {
      packages: packagesOf(machine, 'conntrackd'),
      kernelModules: [
        { name: 'nf_conntrack', reason: 'the connections that the other load balancers learn about' },
        { name: 'nf_conntrack_netlink', reason: 'how conntrackd learns about them' },
      ],
      files: [
        {
          path: '/etc/conntrackd/conntrackd.conf',
          mode: '0644',
          content: configuration(cluster, machine),
          onChange: restarted,
        },
        {
          path: '/usr/libexec/hakube/configure-conntrackd',
          mode: '0755',
          content: render('cloud-init/conntrackd/configure-conntrackd.ejs', {}),
          onChange: restarted,
        },
        {
          path: virtualAddressStateScript,
          mode: '0755',
          content: render('cloud-init/conntrackd/virtual-address-state.ejs', {}),
          onChange: program,
        },
      ],
      ports: [
        {
          protocol: 'udp',
          port,
          sources: peersOf(cluster, machine),
          purpose: 'connection tracking of the other load balancers',
        },
      ],
      units: [
        {
          name: machine.system.distribution.units.conntrackd,
          dropIns: [{ name: 'hakube.conf', content: render('cloud-init/conntrackd/drop-in.conf.ejs', {}) }],
          start: 'blocking',
          after: [startStepName(interfaceUnit)],
        },
      ],
      checks: [{ name: 'conntrackd', script: render('cloud-init/conntrackd/check.ejs', {}) }],
    }
  },
}

function configuration(cluster: Cluster, machine: Machine) {
  const loadBalancing = loadBalancingOf(cluster)
  const [peer = '', ...others] = peersOf(cluster, machine)
  const hashLimit = 2 * connectionLimit(machine)
  return render('cloud-init/conntrackd/conntrackd.conf.ejs', {
    cluster: cluster.name,
    // An option of conntrackd.conf(5) since 1.4.5. Without it, keepalived requests a resync when it becomes backup
    // (virtual-address-state).
    resyncsAtStart: compareVersions(machine.system.distribution.conntrackdVersion, '1.4.5') >= 0,
    machine: machine.name,
    address: meetingPlace(cluster, machine).address,
    port,
    peer,
    // conntrackd sends to one address only. With more than one peer that is a multicast group, a different one for each virtual router of
    // the site (239.255 is reserved for the site: RFC 2365).
    multicast: others.length > 0 ? `239.255.37.${loadBalancing.virtualRouterId}` : '',
    ignored: [
      ...new Set([
        ...cluster.balancers.map(({ address }) => address),
        ...cluster.balancers.flatMap(({ network }) => network.further.map(({ address }) => address)),
      ]),
      ...virtualAddresses(loadBalancing),
      ...cluster.kubernetes.podNetworks,
      ...cluster.kubernetes.serviceNetworks,
    ].map((address) => `${isIPv6(address) ? 'IPv6_address' : 'IPv4_address'} ${address}`),
    // At most eight entries for each bucket.
    hashSize: Math.ceil(hashLimit / 8),
    hashLimit,
  })
}

/** The kernel's default on machines with more than 4 GB (nf_conntrack-sysctl), or the value of the profile. */
function connectionLimit({ settings }: Machine): number {
  const set = settings.sysctls.find(
    ({ key }) => sysctlSwitch(canonicalKey(key)) === 'net.netfilter.nf_conntrack_max',
  )
  const limit = Number(set?.value)
  return Number.isSafeInteger(limit) && limit > 0 ? limit : 262_144
}
