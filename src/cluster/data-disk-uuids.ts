import { createHash } from 'node:crypto'
import { diskInWords } from './disk-words.ts'
import type { DataDisk, Storage } from './storage.ts'

/**
 * The UUID of the file system on a data disk, by which the machine recognizes the disk at the next boot and after a reinstallation. It is
 * derived from names only, as version 8 of RFC 9562 allows.
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

/** The UUIDs of all file systems on the data disks of a machine. */
export const dataDiskUuids = (cluster: string, machine: string, { data }: Storage): string[] =>
  data.filter(({ isRaw }) => !isRaw).map((disk) => dataDiskUuid(cluster, machine, disk))
