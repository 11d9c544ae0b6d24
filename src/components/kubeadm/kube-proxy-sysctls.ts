import type { RefusedSysctl } from '../../assembly/refused.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { isIPv6 } from '../../text/address-family.ts'
import { isMapping } from '../../text/data.ts'

const reason = 'kube-proxy writes that whenever it starts'

const isFalse = (part: unknown, field: string): boolean => isMapping(part) && part[field] === false

/**
 * Kernel settings that kube-proxy writes: NewProxier of pkg/proxy/iptables and pkg/proxy/ipvs. It leaves those of connection tracking
 * alone if the profile sets them (component-configuration.ts).
 */
export function writtenByKubeProxy({ kubernetes }: Pick<Cluster, 'kubernetes'>): RefusedSysctl[] {
  const { proxyMode, configuration, podNetworks } = kubernetes
  const { iptables, ipvs, nodePortAddresses } = configuration.kubeProxy
  if (podNetworks.every(isIPv6)) return []
  if (proxyMode === 'iptables')
    // It allows node ports on 127.0.0.1.
    return isFalse(iptables, 'localhostNodePorts') || nodePortAddresses !== undefined
      ? []
      : [{ key: 'net.ipv4.conf.all.route_localnet', otherThan: '1', reason }]
  if (proxyMode !== 'ipvs' || isFalse(ipvs, 'strictARP')) return []
  return [
    { key: 'net.ipv4.conf.all.arp_ignore', otherThan: '1', reason },
    { key: 'net.ipv4.conf.all.arp_announce', otherThan: '2', reason },
  ]
}
