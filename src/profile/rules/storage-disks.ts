import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { ProfileDisk, ProfileStorage } from '../schema-storage.ts'
import { parseDiskSize } from '../sizes.ts'
import { storagePlaces, systemDisks, type Stated, type WithStorage } from '../storage.ts'
import { diskProblem } from './disk.ts'

/** Which disks are meant, at each position that selects some. */
export function checkDisks(profile: WithStorage): Diagnostic[] {
  const places = [...storagePlaces(profile)]
  return [
    ...places.flatMap(({ storage, path }) => [
      ...disksOf(storage, path).flatMap(checkDisk),
      ...checkMirror(storage, path),
    ]),
    ...checkSerials(profile),
  ]
}

/** The disks at one position, each with its path. */
function disksOf({ disk, dataDisks }: ProfileStorage, path: Path): Stated<ProfileDisk>[] {
  return [
    ...(disk === undefined ? [] : systemDisks({ value: disk, path: [...path, 'disk'] })),
    ...(dataDisks ?? []).map((each, index) => ({
      value: each.disk,
      path: [...path, 'dataDisks', index, 'disk'],
    })),
  ]
}

function checkDisk({ value, path }: Stated<ProfileDisk>): Diagnostic[] {
  if (typeof value === 'string') {
    const problem = diskProblem(value)
    if (!problem) return []
    return [error('hardware/disk', `${inQuotes(value)} ${problem.what}`, { hint: problem.hint, path })]
  }
  const { size } = value
  const properties = Object.keys(value)
  return [
    ...(properties.length === 0
      ? [
          error('storage/disk', 'no property identifies the disk', {
            hint: 'write model, serial, type or size below it, or its name, e.g. /dev/sda',
            path,
          }),
        ]
      : []),
    ...(['model', 'serial'] as const).flatMap((key) => checkText(value[key], [...path, key])),
    ...(size === undefined || parseDiskSize(size) !== null
      ? []
      : [
          error('storage/size', `${inQuotes(size)} is not a size of a disk`, {
            hint: /^\d+$/.test(size)
              ? `write ${size}GB`
              : 'write e.g. 480GB, >=400GB, <=1TB, smallest or largest',
            path: [...path, 'size'],
          }),
        ]),
  ]
}

/** udev replaces all other characters in the properties of a disk (util_replace_chars in systemd). */
function checkText(text: string | undefined, path: Path): Diagnostic[] {
  if (text === undefined || /^[\w #+.:=@*/()-]+$/.test(text)) return []
  return [
    error('storage/disk', `no disk has ${inQuotes(text)} as its ${path.at(-1)}`, {
      hint: 'write it as lsblk --output NAME,MODEL,SERIAL shows it; * stands for any characters',
      path,
    }),
  ]
}

/** A mirror needs two disks, and two disks need a mirror. */
function checkMirror({ disk, raid }: ProfileStorage, path: Path): Diagnostic[] {
  const at = [...path, 'raid']
  if (disk === undefined)
    return raid === undefined
      ? []
      : [
          error('storage/raid', 'raid is set without a disk', {
            hint: 'write disk: and below it a list of two disks',
            path: at,
          }),
        ]
  const count = Array.isArray(disk) ? disk.length : 1
  if (raid === undefined && count === 1) return []
  if (raid === undefined)
    return [
      error('storage/raid', `the system has ${count} disks, but no setting says how to use them`, {
        hint:
          count === 2
            ? 'write raid: 1 beside disk to mirror them, or name one disk; disks for other data belong in dataDisks'
            : 'name one disk, or two and raid: 1; disks for other data belong in dataDisks',
        path: [...path, 'disk'],
      }),
    ]
  if (count === 2 && Array.isArray(disk)) return checkSame(disk, path)
  return [
    error('storage/raid', `RAID 1 needs two disks, but disk lists ${count}`, {
      hint:
        count < 2
          ? 'write disk: as a list of two disks, or remove raid'
          : 'name two of them; disks for other data belong in dataDisks',
      path: at,
    }),
  ]
}

function checkSame(disks: readonly ProfileDisk[], path: Path): Diagnostic[] {
  const [one, other] = disks
  const isSame = one !== undefined && other !== undefined && JSON.stringify(one) === JSON.stringify(other)
  if (!isSame) return []
  return [
    error('storage/same-disk', 'both disks of the mirror are the same one', {
      hint: 'name two disks, or tell them apart by their serial numbers',
      path: [...path, 'disk', 1],
      related: [{ path: [...path, 'disk', 0], message: 'the first one' }],
    }),
  ]
}

/** A serial number identifies one disk, which can be in one machine only. */
function checkSerials(profile: WithStorage): Diagnostic[] {
  const seen = new Map<string, Path>()
  const diagnostics: Diagnostic[] = []
  for (const { storage, path } of storagePlaces(profile)) {
    const isShared = path[0] !== 'machines' && machinesAt(profile, path) > 1
    for (const disk of disksOf(storage, path)) {
      const serial = typeof disk.value === 'string' ? undefined : disk.value.serial
      if (serial === undefined || serial.includes('*')) continue
      const at = [...disk.path, 'serial']
      const before = seen.get(serial)
      if (isShared)
        diagnostics.push(
          error(
            'storage/serial',
            `only one machine can have the disk with the serial number ${inQuotes(serial)}`,
            {
              hint: 'write disk at the machine that has it',
              path: at,
            },
          ),
        )
      else if (before)
        diagnostics.push(
          error(
            'storage/serial',
            `the disk with the serial number ${inQuotes(serial)} is in the profile twice`,
            {
              hint: 'write the serial number of another disk',
              path: at,
              related: [{ path: before, message: 'also here' }],
            },
          ),
        )
      else seen.set(serial, at)
    }
  }
  return diagnostics
}

const machinesAt = ({ machines }: WithStorage, [first, role]: Path): number =>
  first === 'hardware' ? machines.length : machines.filter((machine) => machine.role === role).length
