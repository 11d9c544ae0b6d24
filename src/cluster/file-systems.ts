import type { Distribution } from '../distributions/distribution.ts'
import { defaultOf } from '../profile/defaults.ts'
import type { FileSystemType } from '../profile/schema-storage.ts'
import type { DataDisk, Storage } from './storage.ts'

/** The type of a file system: the profile's choice, or the default of the distribution. */
export const fileSystemOf = (
  { family }: Pick<Distribution, 'family'>,
  { mount, type }: Pick<DataDisk, 'mount' | 'type'>,
): FileSystemType => type ?? defaultOf.fileSystem.of({ family, mount }).value

/** Packages with the programs that format data disks. Installers contain those for the system disk themselves. */
export function fileSystemPackages(distribution: Distribution, { data }: Storage): string[] {
  const types = data.filter(({ isRaw }) => !isRaw).map((disk) => fileSystemOf(distribution, disk))
  return [...new Set(types)].map((type) => packagesOf[type])
}

/** These names are the same in all distributions. */
const packagesOf: Readonly<Record<FileSystemType, string>> = {
  xfs: 'xfsprogs',
  ext4: 'e2fsprogs',
  btrfs: 'btrfs-progs',
}
