import type { CodeSection } from './section.ts'

export const storageCodes = {
  title: 'Disks',
  codes: {
    'storage/disk': {
      severity: 'error',
      what: 'A disk that no property identifies, or with a model or serial number that no disk has',
      remedy: 'Write `model`, `serial`, `type` or `size` as lsblk shows them, or the name of the disk',
    },
    'storage/size': {
      severity: 'error',
      what: 'Not a size',
      remedy: 'Write a number with its unit, e.g. `64GiB`',
    },
    'storage/raid': {
      severity: 'error',
      what: 'RAID 1 without two disks, or two disks without RAID 1',
      remedy: 'Write a list of two disks as `disk`, and `raid: 1` beside it',
    },
    'storage/same-disk': {
      severity: 'error',
      what: 'One disk for two purposes',
      remedy: 'Name another disk',
    },
    'storage/serial': {
      severity: 'error',
      what: 'One serial number for disks of several machines',
      remedy: 'Write each serial number at its machine',
    },
    'storage/mount': {
      severity: 'error',
      what: 'Not a mount point or mount option',
      remedy: 'Write an absolute path, and each option as an item',
      source: 'mount(8)',
    },
    'storage/reserved-mount': {
      severity: 'error',
      what: 'A mount point that belongs to the system or that hakube makes itself',
      remedy: 'Remove it, or use `partitions` for what the system needs from the start',
    },
    'storage/mount-twice': {
      severity: 'error',
      what: 'Two file systems at one mount point',
      remedy: 'Remove one',
    },
    'storage/root-size': {
      severity: 'error',
      what: 'The size of `/` is set twice',
      remedy: 'Remove `rootSize`',
    },
    'storage/rest': {
      severity: 'error',
      what: 'Two file systems without a size, which would both take the rest of the disk',
      remedy: 'Write the size of one',
    },
    'storage/too-small': {
      severity: 'error',
      what: 'A file system that is too small for its use',
      remedy: 'Write a larger size',
    },
    'storage/too-large': {
      severity: 'error',
      what: 'File systems that do not fit on the disk',
      remedy: 'Write smaller sizes, or choose a larger disk',
    },
    'storage/volume-name': {
      severity: 'error',
      what: 'Not a name of a volume group or logical volume, or a duplicate',
      remedy: 'Use letters, digits, `+`, `_` and `.`',
      source: 'lvm(8)',
    },
    'storage/file-system': {
      severity: 'error',
      what: 'A file system that the release cannot make, or that does not suit what is in it',
      remedy: 'Use `xfs`',
    },
    'storage/unused': {
      severity: 'error',
      what: 'A setting of disks that nothing would use',
      remedy: 'Remove it, or write what it belongs to',
    },
    'storage/installer': {
      severity: 'error',
      what: 'A layout that the installer of the distribution cannot make',
      remedy: 'Change what the message names',
    },
  },
} as const satisfies CodeSection
