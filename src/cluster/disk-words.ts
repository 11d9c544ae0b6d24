import { formatSize } from '../profile/sizes.ts'
import type { DiskChoice, Storage } from './storage.ts'

/* Descriptions of disks and their contents, for menus, messages and tables. */

/** Describes a disk: its name, or its properties, e.g. `with type nvme, size 480GB`. */
export function diskInWords(disk: DiskChoice): string {
  if (disk.by === 'name') return disk.name
  const { model, serial, type, size } = disk
  const words = [
    ...(model === null ? [] : [`model ${model}`]),
    ...(serial === null ? [] : [`serial ${serial}`]),
    ...(type === null ? [] : [`type ${type}`]),
    ...(size === null ? [] : [`size ${size.text}`]),
  ]
  return `with ${words.join(', ')}`
}

/** Describes the disks that an installation erases, as what follows `the disk`; null if there is none. */
export const systemDiskInWords = ({ disks }: Storage): string | null =>
  disks.length === 0 ? null : disks.map(diskInWords).join(' and the disk ')

/** Describes the contents of the system disk, e.g. `lvm system: / 40GiB, /var the rest xfs noatime`. */
export function layoutInWords({ disks, volumeGroup, volumes }: Storage): string {
  const each = volumes.map(({ mount, bytes, type, options }) =>
    [
      mount,
      bytes === null ? 'the rest' : formatSize(bytes),
      ...(type === null ? [] : [type]),
      ...options,
    ].join(' '),
  )
  const how = [
    ...(disks.length > 1 ? ['RAID 1'] : []),
    ...(volumeGroup === null ? [] : [`lvm ${volumeGroup}`]),
  ]
  return `${how.length === 0 ? '' : `${how.join(', ')}: `}${each.join(', ')}`
}
