import type { Cluster, Machine } from '../cluster/cluster.ts'
import { consoleArguments, grubDropIn, type KernelArguments } from '../assembly/kernel-arguments.ts'
import { aptArchives } from '../assembly/apt-archives.ts'
import { quote } from '../text/quote.ts'
import { render, textOf } from '../templates/template.ts'
import { requiredDisk } from './find-disk.ts'
import { localSeedSettings } from './local-seed.ts'
import { seedAddress } from './places.ts'
import { preseedTrust } from './trust.ts'

/*
 * Answers for Debian's installer: https://www.debian.org/releases/trixie/amd64/apb.en.html. What it does with them is read
 * from the installer's own scripts, in its initrd and in the udebs partman-auto, user-setup, apt-setup, grub-installer and pkgsel.
 */

const controlCharacter = /\p{Cc}|[\u2028\u2029]/u

/**
 * A value as an answer: the rest of its line, as it is.
 *
 * @throws for what an answer cannot hold: control characters, white space around it, and a backslash at its end, which
 *   would draw the next line to it
 */
export function answer(value: string): string {
  if (controlCharacter.test(value) || value !== value.trim() || value.endsWith('\\'))
    throw new TypeError(
      'a preseed answer cannot hold a control character, white space around it, or end in a backslash',
    )
  return value
}

/**
 * Quotes a value for a command in an answer, which a POSIX shell reads.
 *
 * @throws for line breaks and other control characters: an answer is one line
 */
export function quoteCommand(value: string): string {
  if (controlCharacter.test(value)) throw new TypeError('a preseed command cannot hold a control character')
  return quote(value)
}

/** A mirror's address as the installer asks for it. @throws for other protocols than HTTP */
function mirrorAnswers(address: string): { protocol: string; host: string; directory: string } {
  const { protocol, host, pathname } = new URL(address)
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Error(`Debian's installer takes no mirror by ${protocol}`)
  return { protocol: protocol.slice(0, -1), host, directory: pathname }
}

/** Lines of a file as the installed system is to have it. */
type TargetFile = { path: string; lines: readonly string[] }

const linesOf = (text: string): string[] => text.trimEnd().split('\n')

/** What the installer leaves to late_command. */
function targetFiles({ distribution, mirrors, network }: Cluster, { architecture }: Machine): TargetFile[] {
  const settings = localSeedSettings({ apt: { preserve_sources_list: true } })
  return [
    {
      // After 90_dpkg.cfg, the list of sources that the package brings.
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
      // The installer itself can ask for security updates at a mirror's /debian-security only, and never by TLS.
      path: '/etc/apt/sources.list',
      lines: aptArchives({ distribution, mirrors }, architecture).flatMap(({ uri, suites, components }) =>
        suites.map((suite) => `deb ${uri} ${suite} ${components.join(' ')}`),
      ),
    },
  ]
}

/**
 * What the installer asks before it has a network and with it the answers, as kernel arguments. The card is found by its MAC
 * address (netcfg_get_interface of netcfg), whichever card the machine booted from.
 */
export function preseedArguments({ network }: Cluster, machine: Machine): string[] {
  return [
    'auto=true',
    'priority=critical',
    `interface=${machine.macs[0].replaceAll('-', ':')}`,
    `hostname=${machine.name}`,
    ...(network.searchDomain === null ? [] : [`domain=${network.searchDomain}`]),
    'netcfg/disable_autoconfig=true',
    `netcfg/get_ipaddress=${machine.address}`,
    `netcfg/get_netmask=${network.netmask}`,
    `netcfg/get_gateway=${network.gateway}`,
    // One only: netcfg splits at spaces, which no boot loader passes on.
    `netcfg/get_nameservers=${network.nameServers[0]}`,
    'netcfg/confirm_static=true',
  ]
}

/** Directory of the installer's kernel and initrd, which belong to the packages of the mirror that it installs from. */
export function netbootDirectory({ distribution, mirrors }: Cluster, { architecture }: Machine): string {
  if (distribution.codename === null) throw new Error(`${distribution.title} has no Debian installer`)
  const images = `${mirrors.distribution[architecture]}/dists/${distribution.codename}/main/installer-${architecture}/current/images`
  return `${images}/netboot/debian-installer/${architecture}`
}

/** Answer file of one machine for Debian's installer. Holds no secret. */
export function preseed(cluster: Cluster, machine: Machine, declared: KernelArguments): string {
  const grub = grubDropIn(cluster, declared)
  const { distribution, mirrors, network } = cluster
  if (distribution.codename === null) throw new Error(`no preseed for ${distribution.title}`)
  return render('pxe/preseed/preseed.cfg.ejs', {
    answer,
    quoteCommand,
    title: distribution.title,
    codename: distribution.codename,
    machine,
    disk: requiredDisk(machine),
    mirror: mirrorAnswers(mirrors.distribution[machine.architecture]),
    network,
    console: consoleArguments(machine.console).join(' '),
    seed: seedAddress(cluster, machine),
    files: targetFiles(cluster, machine),
    grub: grub && { path: grub.path, lines: linesOf(textOf(grub.content)) },
    trust: preseedTrust(cluster),
  }).text
}
