import { createHash } from 'node:crypto'
import type { Path } from '../diagnostics/diagnostic.ts'
import type { Distribution } from '../distributions/distribution.ts'
import { defaultOf, defaults } from '../profile/defaults.ts'
import {
  type DiskType,
  type FileSystemType,
  type ProfileDataDisk,
  type ProfileDisk,
  type ProfilePartition,
} from '../profile/schema-storage.ts'
import { formatSize, parseDiskSize, parseSize, type DiskSize } from '../profile/sizes.ts'
import { isOfLvm } from '../profile/rules/storage-names.ts'
import { storageOf, systemDisks, type Stated, type WithStorage } from '../profile/storage.ts'
import type { From } from './machine-settings.ts'

/** Which disk is meant: the one with this name, or the only one that has all these properties. */
export type DiskChoice = From &
  (
    | { by: 'name'; name: string }
    | {
        by: 'properties'
        model: string | null
        serial: string | null
        type: DiskType | null
        /** With the text of the profile. */
        size: { wanted: DiskSize; text: string } | null
      }
  )

/** A file system on the system disk. */
export type Volume = From & {
  mount: string
  /** Null: what the others leave. */
  bytes: number | null
  /** Null: what is usual for the distribution. */
  type: FileSystemType | null
  /** Beside the defaults. */
  options: readonly string[]
  /** Of the logical volume. */
  name: string
}

export type DataDisk = From & {
  disk: DiskChoice
  mount: string | null
  /** It gets no file system. */
  isRaw: boolean
  /** Null: what is usual for the distribution. */
  type: FileSystemType | null
  options: readonly string[]
  wipe: boolean
}

/** The disks of one machine. */
export type Storage = {
  /** None, the system disk, or the two that mirror each other. */
  disks: readonly DiskChoice[]
  /** Null: partitions. */
  volumeGroup: string | null
  /** In the profile's order; / is among them. */
  volumes: readonly Volume[]
  data: readonly DataDisk[]
}

/** What a file system is made of: as the profile says, or as is usual for the distribution. */
export const fileSystemOf = (
  { family }: Pick<Distribution, 'family'>,
  { mount, type }: Pick<DataDisk, 'mount' | 'type'>,
): FileSystemType => type ?? defaultOf.fileSystem.of({ family, mount }).value

/** The disks of a machine of the profile, with defaults filled in. */
export function resolveStorage(profile: WithStorage, index: number): Storage {
  const { disk, layout, volumeGroup, rootSize, partitions, dataDisks } = storageOf(profile, index)
  const volumes = (partitions?.value ?? []).map((partition, position) =>
    resolveVolume(partition, [...(partitions?.path ?? []), position]),
  )
  const ofRoot = rootSize ? bytesOf(rootSize.value) : null
  const withRoot = withNames(volumes.some(({ mount }) => mount === '/') ? volumes : [rootVolume, ...volumes])
  return {
    disks: disk ? systemDisks(disk).map(resolveChoice) : [],
    volumeGroup:
      (layout?.value ?? defaults.layout) === 'lvm' ? (volumeGroup?.value ?? defaults.volumeGroup) : null,
    volumes: withRoot.map((volume) =>
      volume.mount === '/' && volume.bytes === null && rootSize
        ? { ...volume, bytes: ofRoot, from: rootSize.path }
        : volume,
    ),
    data: (dataDisks?.value ?? []).map((each, position) =>
      resolveDataDisk(each, [...(dataDisks?.path ?? []), position]),
    ),
  }
}

function resolveChoice({ value, path }: Stated<ProfileDisk>): DiskChoice {
  if (typeof value === 'string') return { by: 'name', name: value, from: path }
  const wanted = value.size === undefined ? null : parseDiskSize(value.size)
  return {
    by: 'properties',
    model: value.model ?? null,
    serial: value.serial ?? null,
    type: value.type ?? null,
    size: wanted && value.size !== undefined ? { wanted, text: value.size } : null,
    from: path,
  }
}

/** Null: its name follows from the mount point. */
type UnnamedVolume = Omit<Volume, 'name'> & { name: string | null }

const rootVolume: UnnamedVolume = {
  mount: '/',
  bytes: null,
  type: null,
  options: [],
  name: null,
}

const resolveVolume = (
  { mount, size, type, options, name }: ProfilePartition,
  from: Path,
): UnnamedVolume => ({
  mount,
  bytes: size === undefined ? null : bytesOf(size),
  type: type ?? null,
  options: options ?? [],
  name: name ?? null,
  from,
})

/** Gives each volume without a name one that no other has: an installer finds out only after it has erased the disk. */
function withNames(volumes: readonly UnnamedVolume[]): Volume[] {
  const taken = new Set(volumes.flatMap(({ name }) => name ?? []))
  return volumes.map(({ name, ...volume }) => {
    if (name !== null) return { ...volume, name }
    const plain = volumeName(volume.mount)
    let free = plain
    for (let number = 2; taken.has(free); number += 1) free = `${plain}_${number}`
    taken.add(free)
    return { ...volume, name: free }
  })
}

/** Name of the logical volume for a mount point, e.g. `var_lib_etcd`; `root` for /. */
function volumeName(mount: string): string {
  if (mount === '/') return 'root'
  const name = mount
    .slice(1)
    .replaceAll(/[^A-Za-z0-9+.]/g, '_')
    .slice(0, 96)
  return isOfLvm(name) || /^\.{1,2}$/.test(name) ? `volume_${name}` : name
}

const resolveDataDisk = ({ disk, mount, type, options, wipe }: ProfileDataDisk, from: Path): DataDisk => ({
  disk: resolveChoice({ value: disk, path: [...from, 'disk'] }),
  mount: mount ?? null,
  isRaw: mount === undefined && type === undefined,
  type: type ?? null,
  options: options ?? [],
  wipe: wipe ?? defaults.wipe,
  from,
})

function bytesOf(size: string | number): number {
  const bytes = parseSize(String(size))
  if (bytes === null) throw new Error(`not a size: ${size}: a rule of the profile should have rejected it`)
  return bytes
}

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

/** Whether the system disk is one disk with nothing but / on it, as large as the disk is: what installers do by themselves. */
export const isUsualLayout = ({ disks, volumeGroup, volumes }: Storage): boolean =>
  disks.length === 1 &&
  volumeGroup === null &&
  volumes.every(
    ({ mount, bytes, type, options }) =>
      mount === '/' && bytes === null && type === null && options.length === 0,
  )

/**
 * The UUID that the file system of a data disk gets, by which the machine knows it as its own at the next boot and after a new
 * installation. Made of names only, as version 8 of RFC 9562 allows.
 */
export function dataDiskUuid(cluster: string, machine: string, disk: DataDisk): string {
  const what = disk.mount ?? diskInWords(disk.disk)
  const digits = createHash('sha256')
    .update(JSON.stringify(['data disk', cluster, machine, what]))
    .digest('hex')
  const variant = '89ab'[Number.parseInt(digits.charAt(16), 16) % 4] ?? '8'
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-')
}

/** UUIDs of the file systems on the data disks of a machine. */
export const dataDiskUuids = (cluster: string, machine: string, { data }: Storage): string[] =>
  data.filter(({ isRaw }) => !isRaw).map((disk) => dataDiskUuid(cluster, machine, disk))

/** Serial numbers by which disks are named, each that of one disk. */
export const serialsOf = (disks: readonly DiskChoice[]): string[] =>
  disks.flatMap((disk) =>
    disk.by === 'properties' && disk.serial !== null && !disk.serial.includes('*') ? [disk.serial] : [],
  )

/** Programs that make the file systems of data disks: an installer brings those that it needs itself. */
export function fileSystemPackages(distribution: Distribution, { data }: Storage): string[] {
  const types = data.filter(({ isRaw }) => !isRaw).map((disk) => fileSystemOf(distribution, disk))
  return [...new Set(types)].map((type) => packagesOf[type])
}

/** The same in all distributions. */
const packagesOf: Readonly<Record<FileSystemType, string>> = {
  xfs: 'xfsprogs',
  ext4: 'e2fsprogs',
  btrfs: 'btrfs-progs',
}
