import type { Machine } from '../../cluster/cluster.ts'
import { fileSystemOf } from '../../cluster/file-systems.ts'
import type { Storage, Volume } from '../../cluster/storage.ts'
import type { Distribution } from '../../distributions/distribution.ts'

/*
 * Storage actions of curtin, with the extensions of Ubuntu's installer: a size of -1 means the rest of the device.
 * https://curtin.readthedocs.io/en/latest/topics/storage.html, curtin/block/schemas.py, and "Action-based configuration" in
 * https://canonical-subiquity.readthedocs-hosted.com/en/latest/reference/autoinstall-reference.html. An early command fills in the
 * kernel's names of the disks.
 */

export type Action = { type: string; id: string; [key: string]: unknown }

const mib = 2 ** 20
const gib = 2 ** 30

/** Stands for the kernel's path of a system disk; numbers start at 1. */
export const placeholder = (number: number): string => `/dev/hakube-disk-${number}`

/** A device to format and mount, with its file system. */
type Mounted = { id: string; device: string; type: string; mount: string | null; options: readonly string[] }

/** curtin's actions for the disks of a machine. */
export function curtinActions(
  { storage, firmware }: Pick<Machine, 'storage' | 'firmware'>,
  distribution: Distribution,
): Action[] {
  const numbers = storage.disks.map((_, index) => index + 1)
  const mirrored = numbers.length > 1
  const boot = storage.volumeGroup === null ? [] : [bootVolume]
  const volumes = withRestLast(storage.volumes)
  const partitioned = storage.volumeGroup === null ? volumes : [...boot, physicalVolume]
  const disks = numbers.map((number): Action => ({
    type: 'disk',
    id: `disk-${number}`,
    path: placeholder(number),
    ptable: 'gpt',
    wipe: 'superblock-recursive',
    ...(firmware === 'bios' ? { grub_device: true } : {}),
  }))
  const partitions = numbers.flatMap((number) => [
    firmwarePartition(firmware, number),
    ...partitioned.map((volume, index) => partition(volume, number, index + 2)),
  ])
  const arrays = mirrored ? partitioned.map(array) : []
  const deviceOf = ({ name }: Pick<Volume, 'name'>): string => (mirrored ? `md-${name}` : `part-1-${name}`)
  const onPartitions = storage.volumeGroup === null ? volumes : boot
  const mounted: Mounted[] = [
    ...(firmware === 'uefi' ? numbers.map((number) => systemPartition(number, mirrored)) : []),
    ...onPartitions.map((volume) => mountedAt(volume, deviceOf(volume), distribution)),
    ...(storage.volumeGroup === null
      ? []
      : volumes.map((volume) => ({
          ...mountedAt(volume, `lv-${volume.name}`, distribution),
          // The partition of /boot already has this id.
          ...(volume.name === bootVolume.name ? { id: `lv-${volume.name}` } : {}),
        }))),
  ]
  return [
    ...disks,
    ...partitions,
    ...arrays,
    ...logicalVolumes(storage, volumes, deviceOf(physicalVolume)),
    ...mounted.map(({ id, device, type }): Action => ({
      type: 'format',
      id: `format-${id}`,
      volume: device,
      fstype: type,
    })),
    ...mounts(mounted),
  ]
}

const bootVolume: Volume = { mount: '/boot', bytes: gib, type: 'ext4', options: [], name: 'boot' }
const physicalVolume: Pick<Volume, 'bytes' | 'name'> = { bytes: null, name: 'lvm' }

/** Only the last partition of a device can take the rest. */
const withRestLast = (volumes: readonly Volume[]): Volume[] =>
  volumes.toSorted((one, other) => Number(one.bytes === null) - Number(other.bytes === null))

const sizeOf = ({ bytes }: Pick<Volume, 'bytes'>): number => (bytes === null ? -1 : bytes - (bytes % mib))

const partition = (volume: Pick<Volume, 'bytes' | 'name'>, disk: number, number: number): Action => ({
  type: 'partition',
  id: `part-${disk}-${volume.name}`,
  device: `disk-${disk}`,
  number,
  size: sizeOf(volume),
})

const firmwarePartition = (firmware: Machine['firmware'], disk: number): Action => ({
  type: 'partition',
  id: `firmware-${disk}`,
  device: `disk-${disk}`,
  number: 1,
  ...(firmware === 'uefi'
    ? { size: gib, flag: 'boot', grub_device: true }
    : { size: mib, flag: 'bios_grub' }),
})

/** Each disk of a mirror has one, and GRUB is installed on both (uefi_find_grub_device_ids of curtin's curthooks.py). */
const systemPartition = (disk: number, mirrored: boolean): Mounted => ({
  id: `firmware-${disk}`,
  device: `firmware-${disk}`,
  type: 'fat32',
  mount: disk === 1 ? '/boot/efi' : null,
  // The system must boot without the disk that contains it.
  options: mirrored ? ['nofail'] : [],
})

const array = ({ name }: Pick<Volume, 'name'>, index: number): Action => ({
  type: 'raid',
  id: `md-${name}`,
  name: `md${index}`,
  raidlevel: 1,
  devices: [`part-1-${name}`, `part-2-${name}`],
})

const mountedAt = (volume: Volume, device: string, distribution: Distribution): Mounted => ({
  id: volume.name,
  device,
  type: fileSystemOf(distribution, volume),
  mount: volume.mount,
  options: volume.options,
})

function logicalVolumes({ volumeGroup }: Storage, volumes: readonly Volume[], device: string): Action[] {
  if (volumeGroup === null) return []
  return [
    { type: 'lvm_volgroup', id: 'group', name: volumeGroup, devices: [device] },
    ...volumes.map((volume): Action => ({
      type: 'lvm_partition',
      id: `lv-${volume.name}`,
      name: volume.name,
      volgroup: 'group',
      size: sizeOf(volume),
    })),
  ]
}

/** A mount point comes after the one that contains it. */
const mounts = (mounted: readonly Mounted[]): Action[] =>
  mounted
    .flatMap(({ mount, ...rest }) => (mount === null ? [] : [{ ...rest, mount }]))
    .toSorted((one, other) => (one.mount < other.mount ? -1 : 1))
    .map(({ id, mount, options }): Action => ({
      type: 'mount',
      id: `mount-${id}`,
      device: `format-${id}`,
      path: mount,
      ...(options.length === 0 ? {} : { options: ['defaults', ...options].join(',') }),
    }))
