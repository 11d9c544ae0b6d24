import type { Cluster } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, File } from '../assembly/component.ts'
import { isIPv6, loadBalancingOf, packagesOf, syncsConnections, virtualAddresses } from './load-balancers.ts'
import { quote } from '../text/quote.ts'
import { restarts } from '../assembly/on-change.ts'

export const sourceAddressUnit = 'hakube-source-address.service'

export const sourceAddress: Component = {
  name: 'source-address',
  purpose: 'Lets what leaves the subnet through the load balancers leave with one address (source NAT).',
  stage: 'load-balancing',
  appliesTo: (cluster, machine) => machine.balancesLoad && Boolean(cluster.loadBalancing?.sourceAddress),
  contribute(cluster) {
    const address = loadBalancingOf(cluster).sourceAddress ?? ''
    const redirects = 'told of a shorter way, machines would go past the translation'
    return {
      packages: packagesOf(cluster, 'nftables'),
      sysctls: [
        { key: 'net.ipv4.ip_forward', value: '1', reason: 'traffic of the subnet goes through' },
        // The kernel listens to what is set for all and for the card, whichever says yes (ip-sysctl).
        { key: 'net.ipv4.conf.all.send_redirects', value: '0', reason: redirects },
        { key: 'net.ipv4.conf.*.send_redirects', value: '0', reason: 'as for all, for each card' },
        {
          // Cards that come later have it from here. At boot all do, and systemd before 245 knows no key for several paths:
          // https://github.com/systemd/systemd/pull/14589
          key: 'net.ipv4.conf.default.send_redirects',
          value: '0',
          reason: 'as for all, for each card to come',
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

/** Multicast, and all behind it up to broadcast. */
const multicast = '224.0.0.0/3'

function rules(cluster: Cluster, address: string): File {
  const { network, kubernetes, balancers } = cluster
  return {
    path: '/etc/hakube/source-address.nft',
    mode: '0644',
    content: render('cloud-init/source-address/source-address.nft.ejs', {
      subnet: network.subnet,
      inside: [network.subnet, kubernetes.podNetwork, kubernetes.serviceNetwork, multicast],
      own: [
        ...balancers.map((balancer) => balancer.address),
        // Only IPv4 is translated.
        ...virtualAddresses(loadBalancingOf(cluster)).filter((each) => !isIPv6(each)),
      ],
      sourceAddress: address,
      synced: syncsConnections(cluster),
    }),
    onChange: restarts('source-address', sourceAddressUnit),
  }
}
