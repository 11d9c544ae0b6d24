import type { Distribution } from '../distributions/distribution.ts'
import { defaultOf } from '../profile/defaults.ts'
import type { FileSystemType } from '../profile/schema-storage.ts'
import type { DataDisk, Storage } from './storage.ts'

/** What a file system is made of: as the profile says, or as is usual for the distribution. */
export const fileSystemOf = (
  { family }: Pick<Distribution, 'family'>,
  { mount, type }: Pick<DataDisk, 'mount' | 'type'>,
): FileSystemType => type ?? defaultOf.fileSystem.of({ family, mount }).value

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
