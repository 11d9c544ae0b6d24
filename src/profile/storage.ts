import type { Path } from '../diagnostics/diagnostic.ts'
import { storageKeys, type ProfileDisk, type ProfileStorage } from './schema-storage.ts'
import type { Role } from './schema-parts.ts'

/** A value of the profile with its place. */
export type Stated<T> = { value: T; path: Path }

/** What the profile says about the disks of one machine, each with its place. */
export type StatedStorage = { [Key in keyof ProfileStorage]?: Stated<NonNullable<ProfileStorage[Key]>> }

export type StoragePlace = { storage: ProfileStorage; path: Path }

/** As much of a profile as is needed to find what it says about disks. */
export type WithStorage = {
  hardware?: ProfileStorage | undefined
  roles?: Partial<Record<Role, ProfileStorage | undefined>> | undefined
  machines: readonly (ProfileStorage & { role: Role })[]
}

/** Places that say something about the disks of a machine, the widest first. */
function placesOf({ hardware, roles, machines }: WithStorage, index: number): StoragePlace[] {
  const machine = machines[index]
  const ofRole = machine && roles?.[machine.role]
  return [
    ...(hardware ? [{ storage: hardware, path: ['hardware'] }] : []),
    ...(machine && ofRole ? [{ storage: ofRole, path: ['roles', machine.role] }] : []),
    ...(machine ? [{ storage: machine, path: ['machines', index] }] : []),
  ]
}

/**
 * What the profile says about the disks of a machine: the narrowest place wins, field by field. `raid` is about the disks that stand
 * beside it, so one from a wider place than `disk` does not count.
 */
export function storageOf(profile: WithStorage, index: number): StatedStorage {
  const stated: StatedStorage = {}
  for (const { storage, path } of placesOf(profile, index)) {
    if (storage.disk !== undefined) delete stated.raid
    for (const key of storageKeys) state(stated, storage, key, path)
  }
  return stated
}

function state(stated: StatedStorage, storage: ProfileStorage, key: keyof ProfileStorage, path: Path): void {
  const value = storage[key]
  if (value !== undefined) Object.assign(stated, { [key]: { value, path: [...path, key] } })
}

/** Every place of the profile that can say something about disks. */
export function* storagePlaces({ hardware, roles, machines }: WithStorage): Generator<StoragePlace> {
  if (hardware) yield { storage: hardware, path: ['hardware'] }
  for (const [role, storage] of Object.entries(roles ?? {}))
    if (storage) yield { storage, path: ['roles', role] }
  for (const [index, storage] of machines.entries()) yield { storage, path: ['machines', index] }
}

/** The system disks, each with its place. */
export function systemDisks(disk: Stated<NonNullable<ProfileStorage['disk']>>): Stated<ProfileDisk>[] {
  return Array.isArray(disk.value)
    ? disk.value.map((value, position) => ({ value, path: [...disk.path, position] }))
    : [{ value: disk.value, path: disk.path }]
}
