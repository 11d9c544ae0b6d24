import { assetAddress } from '../cluster/asset-address.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { File } from '../assembly/component.ts'
import { grubDropIn, type KernelArguments } from '../assembly/kernel-arguments.ts'
import { textOf } from '../templates/template.ts'
import type { ByArchitecture } from '../distributions/mirrors.ts'
import { proxyFor } from '../cluster/proxy.ts'
import { installMethod } from '../distributions/install-methods.ts'
import { quote } from '../text/quote.ts'
import { cloudConfigObject, cloudConfigPieces, type CloudConfig } from '../seeds/cloud-init.ts'
import { networkConfig } from '../seeds/network-config.ts'
import { seedArgument } from '../seeds/places.ts'
import { reporting } from '../seeds/reporting.ts'
import { isUsualLayout } from '../cluster/storage.ts'
import { render } from '../templates/template.ts'
import { findDisk, isUsualDisk, requiredDisk } from './find-disk.ts'
import { lookBeforeErasing } from './look.ts'
import { curtinActions, placeholder } from './storage/curtin.ts'
import { bootDirectory, type BootFiles, type Installer } from './installer.ts'
import { indentYaml, yamlEntries } from '../templates/yaml.ts'

/**
 * Answers for Ubuntu's installer, without the machine's own configuration. They omit the user's own CAs: if the installer cannot reach
 * the mirror it uses packages from its image, and if it could, apt in the installed system still could not.
 * https://canonical-subiquity.readthedocs-hosted.com/en/latest/reference/autoinstall-reference.html
 */
function answers(cluster: Cluster, machine: Machine, declared: KernelArguments): Record<string, unknown> {
  const { regional } = cluster
  return {
    version: 1,
    ...reporting(cluster, machine),
    'early-commands': [['bash', '-c', diskCheck(cluster, machine)]],
    // The locale of the installer; cloud-init sets that of the system.
    locale: regional.locale ?? 'en_US.UTF-8',
    keyboard: keyboardOf(regional.keyboard),
    timezone: regional.timezone ?? 'UTC',
    // Runs the installer that was tested.
    'refresh-installer': { update: false },
    network: networkConfig(cluster, machine),
    ...proxyOf(cluster, machine),
    apt: {
      /*
       * Not `mirror-selection`: the installers of 22.04 up to 22.04.2 do not know it and would use archive.ubuntu.com, while all newer
       * ones still support `primary`. Without `security`, newer ones use security.ubuntu.com regardless of `primary`
       * (subiquity/models/mirror.py, since 23.02.1 and commit 55563136).
       */
      primary: mirrorsOf(machine.system.mirrors.distribution),
      security: mirrorsOf(machine.system.mirrors.security ?? machine.system.mirrors.distribution),
      // Packages from a mirror are installed at first boot, with retries. Ignored until 22.04.2; not the default until 22.04.4.
      fallback: 'offline-install',
      geoip: false,
    },
    storage: { ...diskLayout(machine), swap: { size: 0 } },
    // `identity` is optional with user-data, which contains the users.
    ssh: { 'install-server': true, 'allow-pw': false },
    updates: 'security',
    ...lateCommands(grubDropIn(machine, declared)),
    shutdown: 'reboot',
  }
}

/** The proxy of apt, in the installer and in the installed system, and of snapd. */
function proxyOf(cluster: Cluster, machine: Machine): { proxy?: string } {
  const address = proxyFor(cluster, machine.system.mirrors.distribution[machine.architecture])
  return address === null ? {} : { proxy: address }
}

const keyboardOf = (keyboard: Cluster['regional']['keyboard']): Record<string, string> => ({
  layout: keyboard?.layout ?? 'us',
  ...(keyboard?.variant ? { variant: keyboard.variant } : {}),
})

/** In curtin's format; curtin uses the first entry with the architecture of the machine. */
const mirrorsOf = ({ amd64, arm64 }: ByArchitecture): { arches: string[]; uri: string }[] =>
  amd64 === arm64
    ? [{ arches: ['default'], uri: amd64 }]
    : [
        { arches: ['amd64'], uri: amd64 },
        { arches: ['arm64'], uri: arm64 },
      ]

/** Commands that run in the installer before the reboot; its `curtin` can run programs in the installed system. */
function lateCommands(grub: File | null): Record<string, unknown> {
  if (grub === null) return {}
  const path = quote(`/target${grub.path}`)
  const script = [
    'set -eu',
    `mkdir --parents "$(dirname ${path})"`,
    `printf %s ${quote(textOf(grub.content))} >${path}`,
    'curtin in-target --target=/target -- update-grub',
  ]
  return { 'late-commands': [['bash', '-c', `${script.join('\n')}\n`]] }
}

/** The installer's own layout, or actions of curtin. */
function diskLayout(machine: Machine): Record<string, unknown> {
  const { storage } = machine
  if (!isUsualLayout(storage)) return { config: curtinActions(machine, machine.system.distribution) }
  return {
    layout: {
      name: 'direct',
      match: { path: isUsualDisk(machine) ? requiredDisk(machine) : placeholder(1) },
    },
  }
}

/**
 * A script that stops unless the disks are present. The installer compares `path` only with the kernel's name of a disk
 * (https://github.com/canonical/subiquity/pull/1389), so the script writes that name into /autoinstall.yaml, which the installer reads
 * again after the early commands.
 */
function diskCheck(cluster: Cluster, machine: Machine): string {
  const disks = machine.storage.disks.length > 1 ? '"$disk_1" "$disk_2"' : '"$disk"'
  const look = lookBeforeErasing('bash', cluster, machine, disks)
  if (isUsualDisk(machine)) {
    const around = String.raw`["']\{0,1\}`
    const find = String.raw`\(path: ${around}\)${sedPattern(requiredDisk(machine))}\(${around}[,}]*\)$`
    return `${findDisk(cluster, machine)}${look}sed --in-place ${quote(`s|${find}|\\1`)}"$disk"${quote('\\2|')} /autoinstall.yaml\n`
  }
  const paths = machine.storage.disks.map(
    (_, index) =>
      `sed --in-place ${quote(`s|${placeholder(index + 1)}|`)}"$disk_${index + 1}"${quote('|g')} /autoinstall.yaml\n`,
  )
  const firmware = isUsualLayout(machine.storage)
    ? ''
    : render('pxe/autoinstall/firmware.sh.ejs', { firmware: machine.firmware }).text
  return [findDisk(cluster, machine), firmware, look, ...paths].join('')
}

/** Escapes a text for a basic regular expression of sed that is delimited by bars. */
const sedPattern = (text: string): string => text.replaceAll(/[\\.*^$[\]|]/g, String.raw`\$&`)

/** The installer's seed as an object; the machine's own configuration is a part of it. */
export const autoinstallObject = (
  cluster: Cluster,
  machine: Machine,
  config: CloudConfig,
  declared: KernelArguments,
) => ({
  autoinstall: { ...answers(cluster, machine, declared), 'user-data': cloudConfigObject(config) },
})

/** The YAML text of the seed in pieces, without the `#cloud-config` line. */
function pieces(
  cluster: Cluster,
  machine: Machine,
  config: CloudConfig,
  declared: KernelArguments,
): Buffer[] {
  return [
    Buffer.from(
      `autoinstall:\n${indentYaml(yamlEntries(answers(cluster, machine, declared)), 2)}  user-data:\n`,
    ),
    ...cloudConfigPieces(config, 4),
  ]
}

/** From casper/ of the live-server image: https://canonical-subiquity.readthedocs-hosted.com/en/latest/howto/autoinstall-quickstart.html */
function bootFiles(_cluster: Cluster, machine: Machine) {
  const directory = bootDirectory(machine)
  const { version } = machine.system.distribution
  return {
    kernel: { path: `${directory}/vmlinuz`, source: 'casper/vmlinuz of the image below' },
    initrd: { path: `${directory}/initrd`, source: 'casper/initrd of the image below' },
    image: {
      path: `${directory}/live-server.iso`,
      source:
        machine.architecture === 'amd64'
          ? `https://releases.ubuntu.com/${version}/`
          : `https://cdimage.ubuntu.com/releases/${version}/release/`,
    },
  } satisfies BootFiles
}

/** Subiquity, Ubuntu's installer for servers. */
export const autoinstall = {
  method: installMethod('autoinstall'),
  answers: null,
  seed: { at: ['autoinstall', 'user-data'], pieces },
  bootFiles,
  kernelArguments: (cluster, machine) => [
    { name: 'root', value: '/dev/ram0' },
    { name: 'ramdisk_size', value: '1500000' },
    { name: 'ip', value: 'dhcp' },
    { name: 'url', value: assetAddress(cluster, bootFiles(cluster, machine).image.path) },
    // cloud-init would otherwise interpret `url=` and download the whole image again (LP: #1937319).
    { name: 'cloud-config-url', value: '/dev/null' },
    { name: 'autoinstall' },
    seedArgument(cluster, machine),
  ],
} satisfies Installer
