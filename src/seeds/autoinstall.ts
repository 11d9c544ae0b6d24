import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { File } from '../assembly/component.ts'
import { grubDropIn, type KernelArguments } from '../assembly/kernel-arguments.ts'
import { textOf } from '../templates/template.ts'
import type { ByArchitecture } from '../distributions/mirrors.ts'
import { quote } from '../text/quote.ts'
import { cloudConfigObject, cloudConfigPieces, networkConfig, type CloudConfig } from './cloud-init.ts'
import { findDisk, requiredDisk } from './find-disk.ts'
import { indentYaml, yamlEntries } from '../templates/yaml.ts'

/**
 * Answers for Ubuntu's installer, all but the machine's own configuration.
 * https://canonical-subiquity.readthedocs-hosted.com/en/latest/reference/autoinstall-reference.html
 */
function answers(cluster: Cluster, machine: Machine, declared: KernelArguments): Record<string, unknown> {
  const disk = requiredDisk(machine)
  return {
    version: 1,
    'early-commands': [['bash', '-c', diskCheck(machine, disk)]],
    // The language of the installer; cloud-init sets that of the system.
    locale: 'en_US.UTF-8',
    keyboard: { layout: 'us' },
    timezone: 'UTC',
    // The installer that was tested is the one that runs.
    'refresh-installer': { update: false },
    network: networkConfig(cluster, machine),
    apt: {
      /*
       * Not `mirror-selection`: the installers of 22.04 up to 22.04.2 do not know it and would ask archive.ubuntu.com, while all that
       * are newer know `primary` still. Without `security` the newer ones ask security.ubuntu.com, whatever is primary
       * (subiquity/models/mirror.py, there since 23.02.1 and commit 55563136).
       */
      primary: mirrorsOf(cluster.mirrors.distribution),
      security: mirrorsOf(cluster.mirrors.security ?? cluster.mirrors.distribution),
      // What is needed from a mirror is installed at first boot, with retries. Until 22.04.2 passed over, up to 22.04.4 not the default.
      fallback: 'offline-install',
      geoip: false,
    },
    storage: {
      layout: { name: 'direct', match: { path: disk } },
      swap: { size: 0 },
    },
    // No `identity`: it may be absent beside user-data, and the users are there.
    ssh: { 'install-server': true, 'allow-pw': false },
    updates: 'security',
    ...lateCommands(grubDropIn(cluster, declared)),
    shutdown: 'reboot',
  }
}

/** In the format of curtin, which takes the first entry that has the architecture of the machine. */
const mirrorsOf = ({ amd64, arm64 }: ByArchitecture): { arches: string[]; uri: string }[] =>
  amd64 === arm64
    ? [{ arches: ['default'], uri: amd64 }]
    : [
        { arches: ['amd64'], uri: amd64 },
        { arches: ['arm64'], uri: arm64 },
      ]

/** Before the reboot, in the installer, whose `curtin` knows the way into the installed system. */
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

/**
 * Stops unless the disk is there. The installer compares `path` with the kernel's name for a disk only
 * (https://github.com/canonical/subiquity/pull/1389), so the script puts that name into /autoinstall.yaml, which is read
 * again after the early commands.
 */
function diskCheck(machine: Machine, disk: string): string {
  const around = String.raw`["']\{0,1\}`
  const find = String.raw`\(path: ${around}\)${sedPattern(disk)}\(${around}[,}]*\)$`
  return `${findDisk(machine)}sed --in-place ${quote(`s|${find}|\\1`)}"$disk"${quote('\\2|')} /autoinstall.yaml\n`
}

/** A text as sed's basic regular expression for just this text, between bars. */
const sedPattern = (text: string): string => text.replaceAll(/[\\.*^$[\]|]/g, String.raw`\$&`)

/** The seed of the installer as an object; the machine's own configuration is a part of it. */
export const autoinstallObject = (
  cluster: Cluster,
  machine: Machine,
  config: CloudConfig,
  declared: KernelArguments,
) => ({
  autoinstall: { ...answers(cluster, machine, declared), 'user-data': cloudConfigObject(config) },
})

/** YAML text of the seed, in pieces to be put together, without the `#cloud-config` line. */
export function autoinstallPieces(
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
