import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installCard, isPlain } from '../cluster/links.ts'
import { argumentsFor, consoleArguments, type KernelArguments } from '../assembly/kernel-arguments.ts'
import { proxyFor } from '../cluster/proxy.ts'
import { installMethod } from '../distributions/install-methods.ts'
import { trustStores } from '../distributions/trust-stores.ts'
import { localSeedSettings } from '../seeds/local-seed.ts'
import { networkManagerFiles } from '../seeds/network-manager.ts'
import { seedAddress } from '../seeds/places.ts'
import { quote } from '../text/quote.ts'
import { colonMac } from '../network/mac.ts'
import { render } from '../templates/template.ts'
import { fileSystemPackages } from '../cluster/file-systems.ts'
import { eraseFunction } from '../assembly/choose-disk.ts'
import { findDisk, isUsualDisk, requiredDisk } from './find-disk.ts'
import { lookBeforeErasing, lookLines } from './look.ts'
import { diskCommands } from './storage/kickstart.ts'
import {
  answersAddress,
  bootDirectory,
  hostsLine,
  type Answers,
  type Installer,
  type KernelArgument,
} from './installer.ts'
import { anacondaSyslog } from './syslog.ts'

/** The differences between releases of Anaconda, Red Hat's installer, in the commands that hakube uses. */
type Dialect = {
  /** The environment with the fewest packages. */
  environment: string
  /** Lines for time zone and time servers. */
  time(zone: string, servers: readonly string[]): readonly string[]
  /**
   * Supports `network --ipv4-dns-search`: since 9.3 (https://github.com/rhinstaller/kickstart-tests/pull/968; not in 8:
   * pykickstart/handlers/rhel8.py).
   */
  hasSearchDomain: boolean
}

// https://pykickstart.readthedocs.io/en/latest/kickstart-docs.html, timezone and timesource
const timezoneServers: Dialect['time'] = (zone, servers) => [
  `timezone ${zone} --utc --ntpservers=${quoteKickstart(servers.join(','))}`,
]
const timesource: Dialect['time'] = (zone, servers) => [
  `timezone ${zone} --utc`,
  ...servers.map((server) => `timesource --ntp-server=${quoteKickstart(server)}`),
]

/** By major version, which the rebuilds share with Red Hat Enterprise Linux. */
const dialects: Readonly<Record<string, Dialect>> = {
  7: { environment: '@^minimal', time: timezoneServers, hasSearchDomain: false },
  8: { environment: '@^minimal-environment', time: timezoneServers, hasSearchDomain: false },
  9: { environment: '@^minimal-environment', time: timesource, hasSearchDomain: true },
  10: { environment: '@^minimal-environment', time: timesource, hasSearchDomain: true },
}

/**
 * Quotes a value for a kickstart command. Anaconda splits lines like a POSIX shell, with Python's shlex (pykickstart/parser.py), but
 * without `$` and globs, and without continued lines.
 *
 * @throws for line breaks and other control characters, which no kickstart command can contain
 */
export function quoteKickstart(value: string): string {
  if (/\p{Cc}|[\u2028\u2029]/u.test(value))
    throw new TypeError('a kickstart command cannot contain a control character')
  return quote(value)
}

/** Anaconda derives the console keymap from an X11 layout itself (pykickstart, keyboard). */
function keyboardOptions(keyboard: Cluster['regional']['keyboard']): string {
  if (keyboard === null) return '--vckeymap=us --xlayouts=us'
  const variant = keyboard.variant === null ? '' : ` (${keyboard.variant})`
  return `--xlayouts=${quoteKickstart(`${keyboard.layout}${variant}`)}`
}

/**
 * The install tree from which the installer starts, with a trailing slash.
 *
 * @throws for distributions without one, which kickstart does not install
 */
export function installTree(machine: Machine): string {
  return `${machine.system.mirrors.distribution[machine.architecture]}/${packageTrees(machine).install}/`
}

function packageTrees(machine: Machine) {
  const trees = machine.system.distribution.trees?.[machine.architecture]
  if (!trees) throw new Error(`${machine.system.distribution.title} has no tree to install from`)
  return trees
}

/** `proxy` is for dracut, `inst.proxy` for Anaconda (https://anaconda-installer.readthedocs.io/en/latest/boot-options.html). */
function proxyArguments(cluster: Cluster, machine: Machine): KernelArgument[] {
  const address = proxyFor(cluster, installTree(machine))
  if (address === null) return []
  return [
    { name: 'proxy', value: address },
    { name: 'inst.proxy', value: address },
  ]
}

/** The kickstart file of one machine. */
function write(cluster: Cluster, machine: Machine, declared: KernelArguments): string {
  const { network, regional } = cluster
  const { distribution, timeServers } = machine.system
  const dialect = dialects[Number.parseInt(distribution.version, 10)]
  if (!dialect) throw new Error(`no kickstart for ${distribution.title}`)
  const card = installCard(cluster, machine)
  const plain = isPlain(machine)
  const mirrored = machine.storage.disks.length > 1
  const { text } = render('pxe/kickstart/kickstart.ks.ejs', {
    quote,
    quoteKickstart,
    title: distribution.title,
    machine,
    mac: colonMac(card.mac),
    card,
    // Anaconda supports the MTU of its own card only.
    mtu: plain && machine.network.mtu !== null ? ` --mtu=${machine.network.mtu}` : '',
    connections: plain ? [] : networkManagerFiles(cluster, machine),
    disk: requiredDisk(machine),
    findDisk: findDisk(cluster, machine),
    look: lookBeforeErasing('bash', cluster, machine, mirrored ? '"$disk_1" "$disk_2"' : '"$disk"'),
    hosts: cluster.extraHosts.map(hostsLine),
    mirrored,
    release: isUsualDisk(machine) ? null : eraseFunction(),
    disks: diskCommands(machine, distribution),
    programs: fileSystemPackages(distribution, machine.storage),
    trust: kickstartTrust(cluster, machine),
    tree: installTree(machine),
    proxy: proxyFor(cluster, installTree(machine)),
    repositories: packageTrees(machine).repositories.map(({ name, path }) => ({
      name,
      url: `${machine.system.mirrors.distribution[machine.architecture]}/${path}/`,
    })),
    time: dialect.time(quoteKickstart(regional.timezone ?? 'Etc/UTC'), timeServers),
    language: quoteKickstart(regional.locale ?? 'en_US.UTF-8'),
    keyboard: keyboardOptions(regional.keyboard),
    network,
    // NetworkManager would otherwise disable IPv6 on the card, where a virtual IPv6 address is needed.
    withoutIPv6: plain && network.subnet6 !== null ? '' : ' --noipv6',
    search:
      network.searchDomain !== null && dialect.hasSearchDomain
        ? ` --ipv4-dns-search=${quoteKickstart(network.searchDomain)}`
        : '',
    searchLater:
      network.searchDomain === null || dialect.hasSearchDomain || !plain
        ? null
        : {
            domain: quote(network.searchDomain),
            address: quote(`^IPADDR[0-9]*="?${machine.address.replaceAll('.', String.raw`\.`)}"?$`),
          },
    bootArguments: [...argumentsFor(declared, 'installed'), ...consoleArguments(machine.console)].join(' '),
    selinux: machine.system.selinux,
    firewall: cluster.firewall,
    environment: dialect.environment,
    kernelModules: distribution.kernelModulesPackage,
    seed: seedAddress(cluster, machine),
    cloudInitSettings: localSeedSettings(),
  })
  return text
}

/**
 * Bash that makes Anaconda's own system trust the user's own CAs, or null. It runs after Anaconda has fetched its image, and before it
 * looks for packages.
 */
export function kickstartTrust({ trust }: Cluster, { system }: Machine): string | null {
  if (trust.length === 0) return null
  const { directory, ending } = trustStores[system.distribution.family]
  return render('pxe/kickstart/trust.sh.ejs', { certificates: trust, directory, ending }).text
}

const answers: Answers = {
  directory: 'kickstart',
  ending: '.ks',
  secret: false,
  write,
  // The last patterns concern data disks, which a step on the machine manages.
  transient: new RegExp(
    `${lookLines.source}|${
      /^timesource .*\n| --ntpservers=\S+|^# Data disks are kept\.\n[^]*?^# They are others\.\n|^keep_(?:named|serials|file_systems) .*\n|^(?:xfsprogs|e2fsprogs|btrfs-progs)\n/
        .source
    }`,
    'gm',
  ),
}

/** Anaconda, the installer of Red Hat Enterprise Linux and its rebuilds. */
export const kickstart = {
  method: installMethod('kickstart'),
  answers,
  seed: 'own',
  // From images/pxeboot of the install tree (its .treeinfo).
  bootFiles(_cluster, machine) {
    const directory = bootDirectory(machine)
    const source = `${installTree(machine)}images/pxeboot`
    return {
      kernel: { path: `${directory}/vmlinuz`, source: `${source}/vmlinuz` },
      initrd: { path: `${directory}/initrd.img`, source: `${source}/initrd.img` },
    }
  },
  // All names begin with `inst.`: from release 9 on, Anaconda knows no others.
  kernelArguments: (cluster, machine) => [
    { name: 'inst.ks', value: answersAddress(cluster, answers, machine) },
    { name: 'inst.repo', value: installTree(machine) },
    ...proxyArguments(cluster, machine),
    { name: 'inst.text' },
    ...anacondaSyslog(cluster),
    { name: 'ip', value: 'dhcp' },
  ],
} satisfies Installer
