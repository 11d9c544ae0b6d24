import { formatSize } from '../profile/sizes.ts'
import type { DiskChoice, Storage } from './storage.ts'

/* Disks and what is on them, in words: for menus, messages and tables. */

/** A disk in words: its name, or e.g. `with type nvme, size 480GB`. */
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

/** The disks that an installation erases, in words, as what follows `the disk`; null where there is none. */
export const systemDiskInWords = ({ disks }: Storage): string | null =>
  disks.length === 0 ? null : disks.map(diskInWords).join(' and the disk ')

/** What is on the system disk, in words, e.g. `lvm system: / 40GiB, /var the rest xfs noatime`. */
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
