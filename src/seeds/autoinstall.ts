import type { Cluster, Machine } from '../cluster/cluster.ts'
import { quote } from '../text/quote.ts'
import { cloudConfigObject, cloudConfigPieces, networkConfig, type CloudConfig } from './cloud-init.ts'
import { findDisk, requiredDisk } from './find-disk.ts'
import { indentYaml, yamlEntries } from '../templates/yaml.ts'

/**
 * Answers for Ubuntu's installer, all but the machine's own configuration.
 * https://canonical-subiquity.readthedocs-hosted.com/en/latest/reference/autoinstall-reference.html
 */
function answers(cluster: Cluster, machine: Machine): Record<string, unknown> {
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
      'mirror-selection': { primary: [{ uri: cluster.mirrors.distribution }] },
      // What is needed from a mirror is installed at first boot, with retries.
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
    shutdown: 'reboot',
  }
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
export const autoinstallObject = (cluster: Cluster, machine: Machine, config: CloudConfig) => ({
  autoinstall: { ...answers(cluster, machine), 'user-data': cloudConfigObject(config) },
})

/** YAML text of the seed, in pieces to be put together, without the `#cloud-config` line. */
export function autoinstallPieces(cluster: Cluster, machine: Machine, config: CloudConfig): Buffer[] {
  return [
    Buffer.from(`autoinstall:\n${indentYaml(yamlEntries(answers(cluster, machine)), 2)}  user-data:\n`),
    ...cloudConfigPieces(config, 4),
  ]
}
