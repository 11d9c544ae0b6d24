import type { Cluster, Machine } from '../cluster/cluster.ts'
import { installCard, needsNetplan } from '../cluster/links.ts'
import { consoleArguments, grubDropIn, type KernelArguments } from '../assembly/kernel-arguments.ts'
import { aptArchives } from '../assembly/apt-archives.ts'
import { proxyFor } from '../cluster/proxy.ts'
import { installMethod } from '../distributions/install-methods.ts'
import { localSeedSettings } from '../seeds/local-seed.ts'
import { networkConfig } from '../seeds/network-config.ts'
import { seedAddress } from '../seeds/places.ts'
import { colonMac } from '../network/mac.ts'
import { quote } from '../text/quote.ts'
import { render, textOf } from '../templates/template.ts'
import { chooseDisks, refuseData } from '../assembly/choose-disk.ts'
import { dataDiskUuids } from '../cluster/data-disk-uuids.ts'
import { fileSystemPackages } from '../cluster/file-systems.ts'
import { isUsualDisk, requiredDisk } from './find-disk.ts'
import { lookBeforeErasing } from './look.ts'
import { leastRest, partmanPlan } from './storage/partman.ts'
import { toYaml } from '../templates/yaml.ts'
import {
  answersAddress,
  hostsLine,
  bootDirectory,
  type Answers,
  type Installer,
  type KernelArgument,
} from './installer.ts'
import { debianSyslog } from './syslog.ts'

/*
 * Answers for Debian's installer: https://www.debian.org/releases/trixie/amd64/apb.en.html. Their effects are documented in the
 * installer's own scripts, in its initrd and in the udebs partman-auto, user-setup, apt-setup, grub-installer and pkgsel.
 */

const controlCharacter = /\p{Cc}|[\u2028\u2029]/u

/**
 * A value of an answer: the rest of its line, unchanged.
 *
 * @throws for values that an answer cannot contain: control characters, white space around it, and a trailing backslash, which would join
 *   the next line
 */
export function answer(value: string): string {
  if (controlCharacter.test(value) || value !== value.trim() || value.endsWith('\\'))
    throw new TypeError(
      'a preseed answer cannot contain a control character, begin or end with white space, or end with a backslash',
    )
  return value
}

/**
 * Quotes a value for a command in an answer, which a POSIX shell reads.
 *
 * @throws for line breaks and other control characters: an answer is one line
 */
export function quoteCommand(value: string): string {
  if (controlCharacter.test(value))
    throw new TypeError('a preseed command cannot contain a control character')
  return quote(value)
}

/**
 * The parts of a mirror's address that the installer asks for.
 *
 * @throws for protocols other than HTTP and HTTPS
 */
function mirrorAnswers(address: string): { protocol: string; host: string; directory: string } {
  const { protocol, host, pathname } = new URL(address)
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Error(`Debian's installer does not support mirrors over ${protocol}`)
  return { protocol: protocol.slice(0, -1), host, directory: pathname }
}

/** Lines of a file in the installed system. */
type TargetFile = { path: string; lines: readonly string[] }

const linesOf = (text: string): string[] => text.trimEnd().split('\n')

/** Files that late_command writes, because the installer has no answers for them. */
function targetFiles({ network }: Cluster, machine: Machine): TargetFile[] {
  const settings = localSeedSettings({ apt: { preserve_sources_list: true } })
  return [
    {
      // Sorted after 90_dpkg.cfg, the list of data sources in the package.
      path: '/etc/cloud/cloud.cfg.d/99-hakube.cfg',
      lines: [
        '# hakube: the seed lies in /var/lib/cloud/seed/nocloud, the installer has configured network and apt.',
        ...linesOf(settings),
      ],
    },
    {
      path: '/etc/resolv.conf',
      lines: [
        ...(network.searchDomain === null ? [] : [`search ${network.searchDomain}`]),
        ...network.nameServers.map((address) => `nameserver ${address}`),
      ],
    },
    {
      // The installer itself supports security updates only at /debian-security of a mirror, and only over plain HTTP.
      path: '/etc/apt/sources.list',
      lines: aptArchives(machine).flatMap(({ uri, suites, components }) =>
        suites.map((suite) => `deb ${uri} ${suite} ${components.join(' ')}`),
      ),
    },
  ]
}

/**
 * Answers to what the installer asks before it has a network, and with it the file of answers, as kernel arguments. It finds the
 * interface by MAC address (netcfg_get_interface of netcfg), whichever interface the machine booted from.
 */
function networkArguments(cluster: Cluster, machine: Machine): KernelArgument[] {
  const { network } = cluster
  const { mac, fixed } = installCard(cluster, machine)
  return [
    { name: 'auto', value: 'true' },
    { name: 'priority', value: 'critical' },
    { name: 'interface', value: colonMac(mac) },
    { name: 'hostname', value: machine.name },
    ...(network.searchDomain === null ? [] : [{ name: 'domain', value: network.searchDomain }]),
    ...(fixed
      ? [
          { name: 'netcfg/disable_autoconfig', value: 'true' },
          { name: 'netcfg/get_ipaddress', value: fixed.address },
          { name: 'netcfg/get_netmask', value: fixed.netmask },
          // The question needs an answer; `none` means that there is no router (netcfg's own word).
          { name: 'netcfg/get_gateway', value: fixed.gateway ?? 'none' },
          // Only one: netcfg splits the value at spaces, which no boot loader passes on.
          { name: 'netcfg/get_nameservers', value: network.nameServers[0] ?? '' },
          { name: 'netcfg/confirm_static', value: 'true' },
        ]
      : []),
  ]
}

/** Directory of the installer's kernel and initrd, which must match the packages of the mirror that it installs from. */
export function netbootDirectory({ architecture, system }: Machine): string {
  const { distribution, mirrors } = system
  if (distribution.codename === null) throw new Error(`${distribution.title} has no Debian installer`)
  const images = `${mirrors.distribution[architecture]}/dists/${distribution.codename}/main/installer-${architecture}/current/images`
  return `${images}/netboot/debian-installer/${architecture}`
}

/** The preseed file of one machine. */
function write(cluster: Cluster, machine: Machine, declared: KernelArguments): string {
  const grub = grubDropIn(machine, declared)
  const { network, regional } = cluster
  const { distribution, mirrors, timeServers } = machine.system
  if (distribution.codename === null) throw new Error(`no preseed for ${distribution.title}`)
  const disk = requiredDisk(machine)
  const plan = isUsualDisk(machine) ? null : diskPlan(cluster, machine)
  return render('pxe/preseed/preseed.cfg.ejs', {
    answer,
    quoteCommand,
    title: distribution.title,
    codename: distribution.codename,
    machine,
    disk,
    refuseData: isUsualDisk(machine) ? dataLines(cluster, machine) : null,
    look: linesOf(
      lookBeforeErasing(
        'debian',
        cluster,
        machine,
        machine.storage.disks.length > 1 ? '"$disk_1" "$disk_2"' : '"$disk"',
      ),
    ),
    plan,
    smallest: smallestDisk(plan?.least ?? leastRest),
    programs: fileSystemPackages(distribution, machine.storage),
    mirror: mirrorAnswers(mirrors.distribution[machine.architecture]),
    proxy: proxyFor(cluster, mirrors.distribution[machine.architecture]),
    network,
    timeServer: timeServers[0],
    regional,
    console: consoleArguments(machine.console).join(' '),
    seed: seedAddress(cluster, machine),
    files: targetFiles(cluster, machine),
    grub: grub && { path: grub.path, lines: linesOf(textOf(grub.content)) },
    hosts: cluster.extraHosts.map(hostsLine),
    trust: trustedFiles(cluster),
    netplan: needsNetplan(machine) ? netplanLines(cluster, machine) : null,
  }).text
}

/**
 * The smallest disk in bytes, with the partition of BIOS or of UEFI. Where a recipe does not fit, partman-auto skips it without a question
 * and takes its own, with swap (choose_recipe of recipes.sh). 4 MB more hold the two copies of the table, and what alignment takes.
 */
const smallestDisk = (megabytes: number) => ({
  bios: (megabytes + 1 + 4) * 1_000_000,
  uefi: (megabytes + 512 + 4) * 1_000_000,
})

/** Script lines that stop if the system disk is a data disk; null if there are no data disks. */
function dataLines({ name }: Cluster, machine: Machine): string[] | null {
  const text = refuseData(machine.storage, dataDiskUuids(name, machine.name, machine.storage))
  return text === null ? null : linesOf(text)
}

/** The storage part of a preseed file, as data for the template. */
function diskPlan({ name }: Cluster, machine: Machine) {
  const { storage, system } = machine
  return {
    ...partmanPlan(machine, system.distribution),
    choose: linesOf(chooseDisks(storage, dataDiskUuids(name, machine.name, storage))),
    disks: storage.disks.length > 1 ? '"$disk_1 $disk_2"' : '"$disk_1"',
    copyBoot: linesOf(render('pxe/preseed/copy-boot.sh.ejs', {}).text),
  }
}

/** The netplan configuration of the installed system, where netcfg, which configures one card, cannot express it. */
const netplanLines = (cluster: Cluster, machine: Machine): string[] =>
  linesOf(toYaml({ network: { renderer: 'networkd', ...networkConfig(cluster, machine) } }))

/** The user's own CAs as files, at the path from which the installer copies them to the new system if the mirror uses HTTPS. */
const trustedFiles = ({ trust }: Cluster): TargetFile[] =>
  trust.map(({ name, pem }) => ({ path: `/etc/ssl/certs/${name}.crt`, lines: pem.split('\n') }))

const answers: Answers = {
  directory: 'preseed',
  ending: '.cfg',
  secret: false,
  write,
  // The parts that concern data disks, which a step on the machine manages.
  transient:
    / (?:xfsprogs|e2fsprogs|btrfs-progs)(?= |$)| 'keep_(?:named|serials|file_systems) (?:[^']|'\\'')*'|^ {2}printf .* >\/tmp\/hakube-(?:data|look)\.sh; .*\n/gm,
}

/** Debian's own installer. */
export const preseed = {
  method: installMethod('preseed'),
  answers,
  seed: 'own',
  // Named as at the mirrors (https://www.debian.org/releases/trixie/amd64/ch04s02.en.html).
  bootFiles(_cluster, machine) {
    const directory = bootDirectory(machine)
    const source = netbootDirectory(machine)
    return {
      kernel: { path: `${directory}/linux`, source: `${source}/linux` },
      initrd: { path: `${directory}/initrd.gz`, source: `${source}/initrd.gz` },
    }
  },
  kernelArguments: (cluster, machine) => [
    ...networkArguments(cluster, machine),
    { name: 'url', value: answersAddress(cluster, answers, machine) },
    ...debianSyslog(cluster),
  ],
} satisfies Installer
