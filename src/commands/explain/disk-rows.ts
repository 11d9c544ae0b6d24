import type { From, Machine } from '../../cluster/cluster.ts'
import { diskInWords } from '../../cluster/disk-words.ts'
import { fileSystemOf } from '../../cluster/file-systems.ts'
import type { DataDisk, DiskChoice, Volume } from '../../cluster/storage.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { defaultOf } from '../../profile/defaults.ts'
import { formatSize } from '../../profile/sizes.ts'
import type { LineOf, Origin, Row } from './row.ts'

/** The disks of a machine: how each is chosen, and what it contains. */
export function diskRows({ storage, system: { distribution } }: Machine, lineOf: LineOf): Row[] {
  const originOf = ({ from }: From, reason: string): Origin => {
    const place = from ? lineOf(from) : null
    return place ? { kind: 'profile', ...place } : { kind: 'default', reason }
  }
  const { disks, volumeGroup, volumes, data } = storage
  if (disks.length === 0)
    return [{ name: 'disk', value: 'none', origin: { kind: 'default', reason: defaultOf.disk.reason } }]
  const [first] = disks
  const isPlain = disks.length === 1 && volumeGroup === null && volumes.every(({ from }) => !from)
  const onlyRoot = volumes.every(({ bytes }) => bytes === null)
  return [
    ...disks.map((disk, index): Row => ({
      name: disks.length === 1 ? 'disk' : `disk ${index + 1}`,
      value: choiceInWords(disk),
      origin: originOf(disk, defaultOf.disk.reason),
    })),
    ...(disks.length > 1
      ? [{ name: 'mirror', value: 'RAID 1 of both disks', origin: originOf(first ?? {}, 'two disks') }]
      : []),
    ...(volumeGroup === null
      ? []
      : [{ name: 'volume group', value: volumeGroup, origin: originOf({}, 'layout: lvm') }]),
    ...(isPlain && onlyRoot
      ? []
      : volumes.map((volume): Row => ({
          name: `file system ${volume.mount}`,
          value: volumeInWords(volume, distribution),
          origin: originOf(volume, 'every machine has one'),
        }))),
    ...data.map((disk): Row => ({
      name: disk.mount === null ? 'data disk' : `data disk ${disk.mount}`,
      value: dataInWords(disk, distribution),
      origin: originOf(disk, 'the profile'),
    })),
  ]
}

/** How a disk is chosen. */
export function choiceInWords(disk: DiskChoice): string {
  if (disk.by === 'name') return disk.name
  return `the only disk ${diskInWords(disk)}`
}

/** A file system of the system disk: its type, size and options. */
export const volumeInWords = (volume: Volume, distribution: Distribution): string =>
  [
    fileSystemOf(distribution, volume),
    volume.bytes === null ? 'the rest' : formatSize(volume.bytes),
    ...volume.options,
  ].join(', ')

const dataInWords = (data: DataDisk, distribution: Distribution): string =>
  [choiceInWords(data.disk), ...dataContents(data, distribution)].join(', ')

/** What a data disk contains: its file system and options. */
export function dataContents(data: DataDisk, distribution: Distribution): string[] {
  const { isRaw, options, wipe } = data
  if (isRaw) return ['left as it is']
  return [fileSystemOf(distribution, data), ...options, ...(wipe ? ['erased if it holds other data'] : [])]
}
