import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { text } from './schema-parts.ts'

/*
 * The disks of a machine. All fields are allowed below `hardware`, in a role and in a machine; the narrower wins, field by field.
 * rules/storage*.ts checks combinations, and cluster/storage.ts fills in defaults.
 */

export const diskTypes = ['nvme', 'ssd', 'hdd'] as const
export type DiskType = (typeof diskTypes)[number]

export const fileSystemTypes = ['xfs', 'ext4', 'btrfs'] as const
export type FileSystemType = (typeof fileSystemTypes)[number]

const size = (description: string, ...examples: string[]) =>
  z.union([z.string().min(1), z.int()]).meta({ description, examples })

const DiskProperties = z
  .strictObject({
    model: text('Model, as lsblk shows it; * stands for any characters.', 'SAMSUNG MZQL2*').optional(),
    serial: text('Serial number, as lsblk shows it.', 'S64GNE0R800123').optional(),
    type: z
      .enum(diskTypes)
      .meta({ description: 'nvme, ssd (any other disk without rotating parts) or hdd.' })
      .optional(),
    size: text(
      'Size: 480GB (within 5 percent), >=400GB, <=1TB, smallest or largest.',
      '480GB',
      'smallest',
    ).optional(),
  })
  .meta({
    description:
      'A disk by its properties. Exactly one disk of the machine must match all of them; otherwise the installation stops and erases nothing.',
  })

const diskName = (description: string, ...examples: string[]) =>
  z.union([z.string().min(1), DiskProperties]).meta({ description, examples })

const fileSystem = {
  type: z
    .enum(fileSystemTypes)
    .meta({
      description: `File system. ${byDefault('fileSystem')}`,
    })
    .optional(),
  options: z
    .array(text('Option.', 'noatime'))
    .meta({ description: `Additional mount options. ${byDefault('mountOptions')}` })
    .optional(),
}

const Partition = z
  .strictObject({
    mount: text('Mount point.', '/var/lib/etcd'),
    size: size('Size. The one entry without a size takes the rest of the disk.', '20GiB').optional(),
    ...fileSystem,
    name: text(
      'Name of the logical volume, with layout: lvm. Default: from the mount point.',
      'etcd',
    ).optional(),
  })
  .meta({ description: 'A file system on the system disk.' })

const DataDisk = z
  .strictObject({
    disk: diskName('The disk, by name or by its properties.', '/dev/disk/by-id/nvme-EXAMPLE_5678'),
    mount: text('Mount point. Default: none.', '/var/lib/etcd').optional(),
    ...fileSystem,
    wipe: z
      .boolean()
      .meta({
        description: `Allow the first boot to erase data that hakube did not write. Otherwise it stops and reports what it found. ${byDefault('wipe')}`,
      })
      .optional(),
  })
  .meta({
    description:
      'A disk beside the system disk. With mount or type it gets a file system; otherwise it stays unchanged, e.g. for Ceph.',
  })

export const Storage = {
  disk: z
    .union([z.string().min(1), DiskProperties, z.array(z.union([z.string().min(1), DiskProperties])).min(1)])
    .meta({
      description:
        'Disk to install to; everything on it is erased. A name under /dev/disk/by-id is safest. Properties (model, serial, type, size) can select the disk instead. With raid: 1, a list of two disks.',
      examples: ['/dev/sda'],
    })
    .optional(),
  raid: z
    .literal(1)
    .meta({ description: 'Mirror the system on the two disks of disk with software RAID 1.' })
    .optional(),
  layout: z
    .enum(['plain', 'lvm'])
    .meta({ description: `plain: partitions; lvm: logical volumes. ${byDefault('layout')}` })
    .optional(),
  volumeGroup: text(
    `Name of the volume group, with layout: lvm. ${byDefault('volumeGroup')}`,
    'vg0',
  ).optional(),
  rootSize: size(`Size of the root file system. ${byDefault('rootSize')}`, '64GiB').optional(),
  partitions: z
    .array(Partition)
    .min(1)
    .meta({
      description:
        'File systems on the system disk: partitions, or logical volumes with layout: lvm. The boot partitions are added, and / if it is not among them.',
    })
    .optional(),
  dataDisks: z
    .array(DataDisk)
    .min(1)
    .meta({ description: 'Disks in addition to the system disk.' })
    .optional(),
}

export type ProfileStorage = z.infer<z.ZodObject<typeof Storage, z.core.$strict>>
export type ProfileDisk = string | z.infer<typeof DiskProperties>
export type ProfileDataDisk = z.infer<typeof DataDisk>
export type ProfilePartition = z.infer<typeof Partition>

const isStorage = (key: string): key is keyof ProfileStorage => Object.hasOwn(Storage, key)
export const storageKeys: readonly (keyof ProfileStorage)[] = Object.keys(Storage).filter(isStorage)
