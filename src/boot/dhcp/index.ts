import type { Cluster } from '../../cluster/cluster.ts'
import { plainText, type SiteFile } from '../../templates/site-file.ts'
import { dhcpd } from './dhcpd.ts'
import { dnsmasqProxy } from './dnsmasq-proxy.ts'
import { dnsmasq } from './dnsmasq.ts'
import { kea } from './kea.ts'
import { type DhcpLoader, type DhcpPlan, dhcpPlan } from './plan.ts'
import { routeros } from './routeros.ts'
import { table } from './table.ts'

/** In the order in which the help and the documentation list them. */
export const dhcpFormats = ['dnsmasq', 'dnsmasq-proxy', 'kea', 'dhcpd', 'routeros', 'table'] as const
export type DhcpFormat = (typeof dhcpFormats)[number]

const formats: Readonly<
  Record<DhcpFormat, { file: string; contentType: string; write: (plan: DhcpPlan) => string }>
> = {
  dnsmasq: { file: 'dnsmasq.conf', contentType: plainText, write: dnsmasq },
  'dnsmasq-proxy': { file: 'dnsmasq-proxy.conf', contentType: plainText, write: dnsmasqProxy },
  kea: { file: 'kea-dhcp4.json', contentType: 'application/json', write: kea },
  dhcpd: { file: 'dhcpd.conf', contentType: plainText, write: dhcpd },
  routeros: { file: 'routeros.rsc', contentType: plainText, write: routeros },
  table: { file: 'machines.csv', contentType: 'text/csv; charset=utf-8', write: table },
}

/** The configuration of a DHCP server that knows every machine of the cluster. */
export const dhcpConfiguration = (
  cluster: Cluster,
  format: DhcpFormat,
  loader: DhcpLoader = 'ipxe',
): string => formats[format].write(dhcpPlan(cluster, loader))

/**
 * One file of the site for each DHCP server, for the operator. hakube's server does not serve them: they list all MAC addresses, and
 * anyone who knows one can fetch the seed of that machine.
 */
export function dhcpFiles(cluster: Cluster): SiteFile[] {
  const plan = dhcpPlan(cluster)
  return dhcpFormats.map((format) => {
    const { file, contentType, write } = formats[format]
    return { path: `dhcp/${file}`, secret: false, contentType, body: Buffer.from(write(plan)) }
  })
}
