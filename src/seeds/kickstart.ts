import type { Cluster, Machine } from '../cluster/cluster.ts'
import { argumentsFor, consoleArguments, type KernelArguments } from '../assembly/kernel-arguments.ts'
import { quote } from '../text/quote.ts'
import { colonMac } from '../network/mac.ts'
import { render } from '../templates/template.ts'
import { findDisk, requiredDisk } from './find-disk.ts'
import { localSeedSettings } from './local-seed.ts'
import { seedAddress } from './places.ts'
import { kickstartTrust } from './trust.ts'

/** What differs between the releases of Anaconda, Red Hat's installer, in the commands that hakube needs. */
type Dialect = {
  /** Minimal set of packages. */
  environment: string
  /** Lines for zone and time servers. */
  time(servers: readonly string[]): readonly string[]
  /** Knows `network --ipv4-dns-search`: since 9.3 (https://github.com/rhinstaller/kickstart-tests/pull/968; not in 8: pykickstart/handlers/rhel8.py). */
  hasSearchDomain: boolean
}

// https://pykickstart.readthedocs.io/en/latest/kickstart-docs.html, timezone and timesource
const timezoneServers: Dialect['time'] = (servers) => [
  `timezone Etc/UTC --utc --ntpservers=${quoteKickstart(servers.join(','))}`,
]
const timesource: Dialect['time'] = (servers) => [
  'timezone Etc/UTC --utc',
  ...servers.map((server) => `timesource --ntp-server=${quoteKickstart(server)}`),
]

/** By the release's major version, which the rebuilds share with Red Hat Enterprise Linux. */
const dialects: Readonly<Record<string, Dialect>> = {
  7: { environment: '@^minimal', time: timezoneServers, hasSearchDomain: false },
  8: { environment: '@^minimal-environment', time: timezoneServers, hasSearchDomain: false },
  9: { environment: '@^minimal-environment', time: timesource, hasSearchDomain: true },
  10: { environment: '@^minimal-environment', time: timesource, hasSearchDomain: true },
}

/**
 * Quotes a value for a kickstart command. Anaconda splits lines with Python's shlex as a POSIX shell does
 * (pykickstart/parser.py), but knows neither `$` nor globs, and a line ends where it ends.
 *
 * @throws for line breaks and other control characters, which no kickstart command can hold
 */
export function quoteKickstart(value: string): string {
  if (/\p{Cc}|[\u2028\u2029]/u.test(value))
    throw new TypeError('a kickstart command cannot hold a control character')
  return quote(value)
}

/**
 * The tree that the installer starts from, with a slash at its end.
 *
 * @throws for distributions that have none: they are not installed by kickstart
 */
export function installTree(cluster: Cluster, machine: Machine): string {
  return `${cluster.mirrors.distribution[machine.architecture]}/${packageTrees(cluster, machine).install}/`
}

function packageTrees(cluster: Cluster, machine: Machine) {
  const trees = cluster.distribution.trees?.(machine.architecture)
  if (!trees) throw new Error(`${cluster.distribution.title} has no tree to install from`)
  return trees
}

/** Answer file of one machine for Anaconda. Holds no secret. */
export function kickstart(cluster: Cluster, machine: Machine, declared: KernelArguments): string {
  const { distribution, network } = cluster
  const dialect = dialects[Number.parseInt(distribution.version, 10)]
  if (!dialect) throw new Error(`no kickstart for ${distribution.title}`)
  const { text } = render('pxe/kickstart/kickstart.ks.ejs', {
    quote,
    quoteKickstart,
    title: distribution.title,
    machine,
    mac: colonMac(machine.macs[0]),
    disk: requiredDisk(machine),
    findDisk: findDisk(machine),
    trust: kickstartTrust(cluster),
    tree: installTree(cluster, machine),
    repositories: packageTrees(cluster, machine).repositories.map(({ name, path }) => ({
      name,
      url: `${cluster.mirrors.distribution[machine.architecture]}/${path}/`,
    })),
    time: dialect.time(network.timeServers),
    network,
    search:
      network.searchDomain !== null && dialect.hasSearchDomain
        ? ` --ipv4-dns-search=${quoteKickstart(network.searchDomain)}`
        : '',
    searchLater:
      network.searchDomain === null || dialect.hasSearchDomain
        ? null
        : {
            domain: quote(network.searchDomain),
            address: quote(`^IPADDR[0-9]*="?${machine.address.replaceAll('.', String.raw`\.`)}"?$`),
          },
    bootArguments: [...argumentsFor(declared, 'installed'), ...consoleArguments(machine.console)].join(' '),
    selinux: cluster.selinux,
    firewall: cluster.firewall,
    environment: dialect.environment,
    kernelModules: distribution.kernelModulesPackage,
    seed: seedAddress(cluster, machine),
    cloudInitSettings: localSeedSettings(),
  })
  return text
}
