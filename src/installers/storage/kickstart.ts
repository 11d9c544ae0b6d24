import type { Machine } from '../../cluster/cluster.ts'
import { fileSystemOf } from '../../cluster/file-systems.ts'
import type { Storage, Volume } from '../../cluster/storage.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { quote } from '../../text/quote.ts'

/*
 * The storage commands of kickstart, which are the same in releases 7 to 10:
 * https://pykickstart.readthedocs.io/en/latest/kickstart-docs.html, part, raid, volgroup, logvol, reqpart. Sizes are in MiB. %pre prints
 * them, because the kernel's names of the disks are known only there: the lines are a here-document, in which the shell expands the
 * names.
 */

/** Kickstart lines; `efi` and `bios` apply to that firmware only. */
export type DiskCommands = { always: string[]; efi: string[]; bios: string[] }

/** Minimum size, in MiB, of a file system that takes the rest of the disk. */
const leastRest = 8192
const bootMiB = 1024

/** Escapes a text for a here-document. */
const literal = (text: string): string => text.replaceAll(/[\\$`]/g, String.raw`\$&`)

const word = (text: string): string => literal(quote(text))

const mebibytes = (bytes: number): number => Math.floor(bytes / 2 ** 20)

const sizeOf = ({ bytes }: Pick<Volume, 'bytes'>): string =>
  bytes === null ? `--size=${leastRest} --grow` : `--size=${mebibytes(bytes)}`

const formatOf = (volume: Volume, distribution: Distribution): string =>
  `--fstype=${fileSystemOf(distribution, volume)}${volume.options.length === 0 ? '' : ` --fsoptions=${word(['defaults', ...volume.options].join(','))}`}`

/** Kickstart commands for the disks of a machine. `$name`, or `$name_1` and `$name_2` of a mirror, are the kernel's names of its disks. */
export function diskCommands(
  { storage }: Pick<Machine, 'storage'>,
  distribution: Distribution,
): DiskCommands {
  const mirrored = storage.disks.length > 1
  const drives = mirrored ? '$name_1,$name_2' : '$name'
  const start = [
    `ignoredisk --only-use=${drives}`,
    `clearpart --all --initlabel --disklabel=gpt --drives=${drives}`,
  ]
  if (mirrored) return { ...firmwareOfBoth(), always: [...start, ...mirror(storage, distribution)] }
  return {
    always: [
      ...start,
      '# What the firmware needs to boot, BIOS or UEFI, and /boot.',
      'reqpart --add-boot',
      '# No swap: the kubelet does not support it by default.',
      ...(storage.volumeGroup === null
        ? storage.volumes.map((volume) => `part ${partOf(volume, distribution)} --ondisk=$name`)
        : [
            `part pv.1 --size=${leastRest} --grow --ondisk=$name`,
            ...logicalVolumes(storage, storage.volumeGroup, distribution),
          ]),
    ],
    efi: [],
    bios: [],
  }
}

const partOf = (volume: Volume, distribution: Distribution): string =>
  `${word(volume.mount)} ${formatOf(volume, distribution)} ${sizeOf(volume)}`

function logicalVolumes({ volumes }: Storage, group: string, distribution: Distribution): string[] {
  return [
    `volgroup ${word(group)} pv.1`,
    ...volumes.map(
      (volume) =>
        `logvol ${word(volume.mount)} --vgname=${word(group)} --name=${word(volume.name)} ${formatOf(volume, distribution)} ${sizeOf(volume)}`,
    ),
  ]
}

/**
 * Either disk can boot the machine: GRUB is installed on each member of /boot (GRUB2.install_targets in pyanaconda's
 * bootloader/grub2.py), and the EFI system partition is a RAID with metadata 1.0, which the firmware reads as two plain partitions
 * (platform.py, class EFI).
 */
function firmwareOfBoth(): Omit<DiskCommands, 'always'> {
  return {
    efi: [
      ...members(1, '--size=600'),
      `raid /boot/efi --device=boot_efi --fstype=efi --level=RAID1 ${memberNames(1)}`,
    ],
    bios: [1, 2].map((disk) => `part biosboot --fstype=biosboot --size=1 --ondisk=$name_${disk}`),
  }
}

const memberNames = (array: number): string => `raid.${array}1 raid.${array}2`

const members = (array: number, size: string): string[] =>
  [1, 2].map((disk) => `part raid.${array}${disk} ${size} --ondisk=$name_${disk}`)

/** The RAID of /boot, and one for each file system, or one for all logical volumes together. */
function mirror(storage: Storage, distribution: Distribution): string[] {
  const boot = [
    ...members(2, `--size=${bootMiB}`),
    `raid /boot --device=boot --fstype=xfs --level=RAID1 ${memberNames(2)}`,
  ]
  if (storage.volumeGroup !== null)
    return [
      ...boot,
      ...members(3, `--size=${leastRest} --grow`),
      `raid pv.1 --device=system --level=RAID1 ${memberNames(3)}`,
      ...logicalVolumes(storage, storage.volumeGroup, distribution),
    ]
  return [
    ...boot,
    ...storage.volumes.flatMap((volume, index) => [
      ...members(index + 3, sizeOf(volume)),
      `raid ${word(volume.mount)} --device=${word(volume.name)} ${formatOf(volume, distribution)} --level=RAID1 ${memberNames(index + 3)}`,
    ]),
  ]
}
