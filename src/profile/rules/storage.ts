import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { InstallMethod } from '../../distributions/install-methods.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { installMethodOf } from '../install-method.ts'
import { etcdMount } from '../defaults.ts'
import type { Profile } from '../schema.ts'
import { isNodeRole } from '../schema-parts.ts'
import type { ProfileDisk } from '../schema-storage.ts'
import { storageOf, storagePlaces, systemDisks, type Stated, type StatedStorage } from '../storage.ts'
import { checkVolumeNames } from './storage-names.ts'
import { checkMounts, checkTwice } from './storage-mounts.ts'
import { checkFit, checkSizes } from './storage-sizes.ts'
import { systemAt } from '../systems.ts'
import type { Rule } from './rule.ts'

/**
 * The contents of disks: at each position of the profile, and together for each machine. rules/hardware.ts checks which disks are meant.
 */
export const storageRules: Rule = ({ profile }) => {
  const places = [...storagePlaces(profile)].flatMap(({ storage, path }) => [
    ...checkSizes(storage, path),
    ...checkMounts(storage, path),
  ])
  const ofMachines = profile.machines.flatMap((machine, index) => {
    const system = systemAt(profile, index)
    const { distribution } = system
    const method = installMethodOf(system)
    const stated = storageOf(profile, index)
    return [
      ...checkTwice(stated),
      ...checkFit(stated),
      ...checkVolumeNames(stated),
      ...checkSameDisk(stated),
      ...(distribution ? checkFileSystems(stated, distribution, machine.role) : []),
      ...(method?.keepsDisk === false ? checkUnused(stated) : checkInstaller(stated, method)),
    ]
  })
  return [...places, ...onlyOnce(ofMachines)]
}

/** Machines share wider positions, and the mistakes there, which are reported once. */
function onlyOnce(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter(({ code, path }) => {
    const key = JSON.stringify([code, path])
    return seen.size < seen.add(key).size
  })
}

/** One disk that is used twice: for the system and for data, or by two data disks. */
function checkSameDisk({ disk, dataDisks }: StatedStorage): Diagnostic[] {
  const disks: Stated<ProfileDisk>[] = [
    ...(disk ? systemDisks(disk) : []),
    ...(dataDisks?.value ?? []).map((each, index) => ({
      value: each.disk,
      path: [...(dataDisks?.path ?? []), index, 'disk'],
    })),
  ]
  const firstData = disk ? systemDisks(disk).length : 0
  return disks.flatMap(({ value, path }, index) => {
    const before = disks.findIndex((each) => JSON.stringify(each.value) === JSON.stringify(value))
    const first = disks[before]
    // checkMirror reports two equal system disks.
    if (before === index || index < firstData || !first) return []
    return [
      error(
        'storage/same-disk',
        before < firstData ? 'the data disk is the system disk as well' : 'two data disks are the same one',
        {
          hint:
            before < firstData
              ? 'name another disk, or write the mount point below partitions'
              : 'name another disk, or remove one entry',
          path,
          related: [{ path: first.path, message: 'also here' }],
        },
      ),
    ]
  })
}

/** File systems that the release cannot create, or that do not suit their contents. */
function checkFileSystems(
  { partitions, dataDisks }: StatedStorage,
  { family, title }: Distribution,
  role: Profile['machines'][number]['role'],
): Diagnostic[] {
  return [partitions, dataDisks].flatMap((list) =>
    (list?.value ?? []).flatMap(({ mount, type }, index) => {
      const path = [...(list?.path ?? []), index, 'type']
      if (type === 'btrfs' && family === 'rhel')
        return [
          error('storage/file-system', `${title} cannot make btrfs`, {
            hint: 'write type: xfs',
            path,
            source:
              'https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/8/html/considerations_in_adopting_rhel_8/file-systems-and-storage_considerations-in-adopting-rhel-8',
          }),
        ]
      if (type === 'ext4' && mount === etcdMount && isNodeRole(role))
        return [
          error(
            'storage/file-system',
            'kubeadm refuses a directory of etcd that is not empty, and ext4 puts lost+found there',
            { hint: 'write type: xfs', path, source: 'kubeadm, preflight check DirAvailable' },
          ),
        ]
      return []
    }),
  )
}

/** Settings of the installation, for machines that are not installed. */
function checkUnused(stated: StatedStorage): Diagnostic[] {
  const keys = ['raid', 'layout', 'volumeGroup', 'rootSize', 'partitions'] as const
  return keys.flatMap((key) => {
    const found = stated[key]
    if (!found) return []
    return [
      error('storage/unused', `${key} is for an installer, but this system runs from memory`, {
        hint: 'remove it; disks for data belong in dataDisks',
        path: found.path,
        onKey: true,
      }),
    ]
  })
}

/** Layouts that the installer does not support. */
function checkInstaller(stated: StatedStorage, method: InstallMethod | null): Diagnostic[] {
  const { raid, layout, partitions } = stated
  if (method?.bringsPartitions === true) return checkImage(stated)
  if (method?.mountOptionsOnRaid !== false || !raid || layout?.value === 'lvm') return []
  return (partitions?.value ?? []).flatMap(({ options }, index) => {
    if (options === undefined) return []
    return [
      error(
        'storage/installer',
        "Debian's installer does not support mount options for file systems on RAID",
        {
          hint: 'write layout: lvm, or remove options',
          path: [...(partitions?.path ?? []), index, 'options'],
          source: 'partman-auto-raid-recipe.txt',
        },
      ),
    ]
  })
}

/** A whole-disk image contains its partitions, and its root file system gets the rest of the disk. */
function checkImage(stated: StatedStorage): Diagnostic[] {
  const { disk, layout } = stated
  const several = disk && systemDisks(disk).length > 1 ? disk : undefined
  const lvm = layout?.value === 'lvm' ? layout : undefined
  const found = [
    ['disk with two disks', several],
    ['raid', stated.raid],
    ['layout: lvm', lvm],
    ['volumeGroup', stated.volumeGroup],
    ['rootSize', stated.rootSize],
    ['partitions', stated.partitions],
  ] as const
  return found.flatMap(([words, place]) =>
    place
      ? [
          error(
            'storage/installer',
            `an image of a whole disk has its own partitions, so ${words} cannot be used`,
            {
              hint: 'remove it, and put what needs a file system of its own on a disk of dataDisks; or install by another method than image',
              path: place.path,
              onKey: true,
            },
          ),
        ]
      : [],
  )
}
