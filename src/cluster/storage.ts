import type { Path } from '../diagnostics/diagnostic.ts'
import { defaults } from '../profile/defaults.ts'
import {
  type DiskType,
  type FileSystemType,
  type ProfileDataDisk,
  type ProfileDisk,
  type ProfilePartition,
} from '../profile/schema-storage.ts'
import { parseDiskSize, parseSize, type DiskSize } from '../profile/sizes.ts'
import { isOfLvm } from '../profile/rules/storage-names.ts'
import { storageOf, systemDisks, type Stated, type WithStorage } from '../profile/storage.ts'
import type { From } from './machine-settings.ts'

/** Identifies a disk: the one with this name, or the only one with all these properties. */
export type DiskChoice = From &
  (
    | { by: 'name'; name: string }
    | {
        by: 'properties'
        model: string | null
        serial: string | null
        type: DiskType | null
        /** Includes the text of the profile. */
        size: { wanted: DiskSize; text: string } | null
      }
  )

/** A file system on the system disk. */
export type Volume = From & {
  mount: string
  /** Null: the remaining space. */
  bytes: number | null
  /** Null: the default of the distribution. */
  type: FileSystemType | null
  /** In addition to `defaults`. */
  options: readonly string[]
  /** Name of the logical volume. */
  name: string
}

export type DataDisk = From & {
  disk: DiskChoice
  mount: string | null
  /** It gets no file system. */
  isRaw: boolean
  /** Null: the default of the distribution. */
  type: FileSystemType | null
  options: readonly string[]
  wipe: boolean
}

/** The disks of one machine. */
export type Storage = {
  /** Empty, the system disk, or the two that mirror each other. */
  disks: readonly DiskChoice[]
  /** Null: partitions without LVM. */
  volumeGroup: string | null
  /** In the order of the profile; `/` is among them. */
  volumes: readonly Volume[]
  data: readonly DataDisk[]
}

/** The disks of a machine, with defaults filled in. */
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
  return {
    by: 'properties',
    model: value.model ?? null,
    serial: value.serial ?? null,
    type: value.type ?? null,
    size: resolveSize(value.size),
    from: path,
  }
}

function resolveSize(text: string | undefined): { wanted: DiskSize; text: string } | null {
  if (text === undefined) return null
  const wanted = parseDiskSize(text)
  return wanted && { wanted, text }
}

/** A volume whose name, if null, is derived from the mount point. */
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

/** Gives each unnamed volume a unique name: an installer would find a duplicate only after it has erased the disk. */
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

/** The name of the logical volume for a mount point, e.g. `var_lib_etcd`; `root` for `/`. */
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

/** Whether the system disk is one disk that contains only `/`, as large as possible: the default of installers. */
export const isUsualLayout = ({ disks, volumeGroup, volumes }: Storage): boolean =>
  disks.length === 1 &&
  volumeGroup === null &&
  volumes.every(
    ({ mount, bytes, type, options }) =>
      mount === '/' && bytes === null && type === null && options.length === 0,
  )

/** Serial numbers without patterns, each of which identifies one disk. */
export const serialsOf = (disks: readonly DiskChoice[]): string[] =>
  disks.flatMap((disk) =>
    disk.by === 'properties' && disk.serial !== null && !disk.serial.includes('*') ? [disk.serial] : [],
  )
