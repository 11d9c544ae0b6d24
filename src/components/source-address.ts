import type { Cluster } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, File } from '../assembly/component.ts'
import { loadBalancingOf, packagesOf, syncsConnections, virtualAddresses } from './load-balancers.ts'
import { isIPv6 } from '../text/address-family.ts'
import { nftSet } from './node-sources.ts'
import { quote } from '../text/quote.ts'
import { restarts } from '../assembly/on-change.ts'

export const sourceAddressUnit = 'hakube-source-address.service'

export const sourceAddress: Component = {
  name: 'source-address',
  purpose: 'Gives traffic that leaves the subnet through the load balancers one source address (source NAT).',
  stage: 'load-balancing',
  units: [sourceAddressUnit],
  appliesTo: (cluster, machine) => machine.balancesLoad && Boolean(cluster.loadBalancing?.sourceAddress),
  contribute(cluster, machine) {
    const address = loadBalancingOf(cluster).sourceAddress ?? ''
    const redirects = 'ICMP redirects would make machines bypass the translation'
    return {
      packages: packagesOf(machine, 'nftables'),
      sysctls: [
        { key: 'net.ipv4.ip_forward', value: '1', reason: 'the machine forwards traffic of the subnet' },
        // The kernel sends redirects if either the value for all or that for the interface is 1 (ip-sysctl).
        { key: 'net.ipv4.conf.all.send_redirects', value: '0', reason: redirects },
        { key: 'net.ipv4.conf.*.send_redirects', value: '0', reason: 'the same for each interface' },
        {
          // Interfaces that are added later inherit this value. At boot all do, and systemd before 245 does not support patterns:
          // https://github.com/systemd/systemd/pull/14589
          key: 'net.ipv4.conf.default.send_redirects',
          value: '0',
          reason: 'the same for each later interface',
        },
      ],
      files: [rules(cluster, address)],
      units: [
        {
          name: sourceAddressUnit,
          content: render('cloud-init/source-address/hakube-source-address.service.ejs', {
            sourceAddress: address,
          }),
          start: 'blocking',
        },
      ],
      checks: [
        {
          name: 'source-address',
          script: render('cloud-init/source-address/check.ejs', { rule: quote(`snat to ${address}`) }),
        },
      ],
    }
  },
}

/** Multicast, reserved and broadcast addresses. */
const multicast = '224.0.0.0/3'

function rules(cluster: Cluster, address: string): File {
  const { network, kubernetes, balancers } = cluster
  const subnets = network.subnets.map(({ subnet }) => subnet)
  // Only IPv4 is translated.
  const [pods = [], services = []] = [kubernetes.podNetworks, kubernetes.serviceNetworks].map((networks) =>
    networks.filter((each) => !isIPv6(each)),
  )
  return {
    path: '/etc/hakube/source-address.nft',
    mode: '0644',
    content: render('cloud-init/source-address/source-address.nft.ejs', {
      subnet: nftSet(subnets),
      inside: [...subnets, ...pods, ...services, multicast],
      own: [
        ...balancers.map((balancer) => balancer.address),
        ...virtualAddresses(loadBalancingOf(cluster)).filter((each) => !isIPv6(each)),
      ],
      sourceAddress: address,
      synced: syncsConnections(cluster),
    }),
    onChange: restarts('source-address', sourceAddressUnit),
  }
}
