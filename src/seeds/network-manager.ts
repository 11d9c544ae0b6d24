import { createHash } from 'node:crypto'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { Link, Route } from '../cluster/link-types.ts'
import { dhcpMetric, linksOf, macOf } from '../cluster/links.ts'
import { compareVersions } from '../text/versions.ts'
import { colonMac } from '../network/mac.ts'

/*
 * NetworkManager connections, one file for each interface: nm-settings-keyfile(5). Version 1.18, that of CentOS 7, supports everything
 * used here; the newest feature is routing rules (https://networkmanager.dev/docs/, NEWS of 1.18).
 * routing rules are its newest (https://networkmanager.dev/docs/, NEWS of 1.18).
 */

export type ConnectionFile = { path: string; text: string }

const directory = '/etc/NetworkManager/system-connections'

/** The connection files of a machine. Only root may read them; otherwise NetworkManager ignores them. */
export function networkManagerFiles(cluster: Cluster, machine: Machine): ConnectionFile[] {
  const links = linksOf(cluster, machine)
  return links.map((link) => {
    const upper = links.find(
      (each) => (each.kind === 'bond' || each.kind === 'bridge') && each.interfaces.includes(link.name),
    )
    return {
      path: `${directory}/hakube-${link.name}.nmconnection`,
      text: sections({
        connection: connection(cluster, machine, link, upper),
        ...kindSections(cluster, machine, link),
        // A member of a bond or bridge has no addresses, and so none of these sections.
        ...(upper
          ? {}
          : { ipv4: ipSection(cluster, machine, link, 4), ipv6: ipSection(cluster, machine, link, 6) }),
      }),
    }
  })
}

type Section = Readonly<Record<string, string | number>>

const sections = (all: Readonly<Record<string, Section>>): string =>
  Object.entries(all)
    .filter(([, section]) => Object.keys(section).length > 0)
    .map(([name, section]) => {
      const lines = Object.entries(section).map(([key, value]) => `${key}=${keyfileValue(value)}\n`)
      return `[${name}]\n${lines.join('')}`
    })
    .join('\n')

/** @throws for control characters: a value is one line, and rules of the profile reject others before */
function keyfileValue(value: string | number): string {
  const text = String(value)
  if (/\p{Cc}/u.test(text)) throw new TypeError('a value of a keyfile cannot contain a control character')
  return text
}

/** Stable for an interface of a machine, unlike random UUIDs: version 8 of RFC 9562. */
function uuidOf(cluster: Cluster, machine: Machine, name: string): string {
  const hash = createHash('sha256').update(`hakube\0${cluster.name}\0${machine.name}\0${name}`).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

function connection(cluster: Cluster, machine: Machine, link: Link, upper: Link | undefined): Section {
  return {
    id: `hakube-${link.name}`,
    uuid: uuidOf(cluster, machine, link.name),
    type: link.kind,
    // Cards are matched by MAC address, because the kernel chooses their names.
    ...(link.kind === 'ethernet' ? {} : { 'interface-name': link.name }),
    // Not `controller` and `port-type`, which NetworkManager knows only from 1.46 on.
    ...(upper ? { master: uuidOf(cluster, machine, upper.name), 'slave-type': upper.kind } : {}),
    // Takes precedence over the connections that NetworkManager creates itself.
    'autoconnect-priority': 100,
    // A bond or bridge activates its members.
    ...(link.kind === 'bond' || link.kind === 'bridge' ? { 'autoconnect-slaves': 1 } : {}),
  }
}

function kindSections(cluster: Cluster, machine: Machine, link: Link): Readonly<Record<string, Section>> {
  const mtu = link.mtu === null ? {} : { mtu: link.mtu }
  if (link.kind === 'ethernet')
    return { ethernet: { 'mac-address': colonMac(macOf(machine, link)).toUpperCase(), ...mtu } }
  if (link.kind === 'vlan')
    return {
      vlan: { id: link.id, parent: uuidOf(cluster, machine, link.link), flags: 1 },
      ethernet: mtu,
    }
  if (link.kind === 'bridge') return { bridge: { stp: String(link.stp) }, ethernet: mtu }
  const { mode, lacpRate, transmitHashPolicy, miiMonitorInterval, primary, minLinks } = link.bond
  return {
    bond: {
      mode,
      miimon: miiMonitorInterval,
      ...(lacpRate === null ? {} : { lacp_rate: lacpRate }),
      ...(transmitHashPolicy === null ? {} : { xmit_hash_policy: transmitHashPolicy }),
      ...(primary === null ? {} : { primary }),
      ...(minLinks === null ? {} : { min_links: minLinks }),
    },
    ethernet: mtu,
  }
}

const isOld = ({ system }: Machine): boolean => compareVersions(system.distribution.version, '8') < 0

/** `disabled` exists from 1.20 on. Without IPv6 on the interface, virtual IPv6 addresses would not work either. */
function withoutAddress(cluster: Cluster, machine: Machine, link: Link, family: 4 | 6): string {
  if (family === 4) return 'disabled'
  const hasVirtual =
    cluster.network.subnet6 !== null ||
    machine.network.networks.some(
      (network) => network.interface === link.name && network.subnets.some((text) => text.includes(':')),
    )
  return isOld(machine) || hasVirtual ? 'link-local' : 'disabled'
}

/** Whether it is the default route in the main table, without a metric: that of the nodes' network. */
const isMain = ({ to, metric, table }: Route): boolean =>
  (to === '0.0.0.0/0' || to === '::/0') && metric === null && table === null

/**
 * Written as a gateway, not as a route: versions up to at least 1.16 read the route `0.0.0.0/0` as `0.0.0.0/24`
 * (libnm-core/nm-keyfile-reader.c, `route && plen == 0`).
 */
function ipSection(cluster: Cluster, machine: Machine, link: Link, family: 4 | 6): Section {
  const isOurs = (text: string): boolean => text.includes(':') === (family === 6)
  const addresses = link.addresses.filter(isOurs)
  const dns = link.nameServers.filter(isOurs)
  const byDhcp = family === 4 && link.dhcp
  if (addresses.length === 0 && !byDhcp) return { method: withoutAddress(cluster, machine, link, family) }
  const ours = link.routes.filter(({ via }) => isOurs(via))
  const gateway = addresses.length > 0 ? ours.find(isMain) : undefined
  const routes = ours.filter((route) => route !== gateway).flatMap((route) => halves(machine, route))
  const rules = link.routingPolicy.filter(({ from, to }) => isOurs(from ?? to ?? ''))
  return {
    method: byDhcp ? 'auto' : 'manual',
    // Routes from DHCP come last; they are ignored where they would have the same metric as the nodes' own.
    ...(byDhcp ? (gateway ? { 'ignore-auto-routes': 'true' } : { 'route-metric': dhcpMetric }) : {}),
    ...(byDhcp ? { 'ignore-auto-dns': 'true' } : {}),
    // As with networkd: NetworkManager's default, 100 to 425 by interface type, could rank after the route of another network.
    ...(gateway && hasOtherDefault(machine) ? { 'route-metric': firstMetric } : {}),
    ...numbered(
      'address',
      addresses.map((address, index) => (index === 0 && gateway ? `${address},${gateway.via}` : address)),
    ),
    ...(dns.length > 0 ? { dns: `${dns.join(';')};` } : {}),
    ...(link.searchDomains.length > 0 ? { 'dns-search': `${link.searchDomains.join(';')};` } : {}),
    ...Object.fromEntries(
      routes.flatMap(({ to, via, metric, table }, index) => [
        [`route${index + 1}`, [to, via, ...(metric === null ? [] : [metric])].join(',')],
        ...(table === null ? [] : [[`route${index + 1}_options`, `table=${table}`]]),
      ]),
    ),
    ...numbered(
      'routing-rule',
      rules.map(({ from, to, table, priority }) =>
        [
          `priority ${priority}`,
          `from ${from ?? (family === 4 ? '0.0.0.0/0' : '::/0')}`,
          ...(to === null ? [] : [`to ${to}`]),
          `table ${table}`,
        ].join(' '),
      ),
    ),
  }
}

/** Not 0, which IPv6 reads as 1024. */
const firstMetric = 1

const hasOtherDefault = ({ network: { links } }: Machine): boolean =>
  links.some(({ routes }) =>
    routes.some(({ to, metric, table }) => to.endsWith('/0') && metric !== null && table === null),
  )

/** Splits a default route into two halves where versions of NetworkManager misread it. In a table of its own, the effect is the same. */
const halves = (machine: Machine, route: Route): Route[] =>
  isOld(machine) && route.to === '0.0.0.0/0' && route.table !== null
    ? [
        { ...route, to: '0.0.0.0/1' },
        { ...route, to: '128.0.0.0/1' },
      ]
    : [route]

const numbered = (key: string, values: readonly string[]): Section =>
  Object.fromEntries(values.map((value, index) => [`${key}${index + 1}`, value]))
