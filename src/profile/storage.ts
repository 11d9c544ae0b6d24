import type { Path } from '../diagnostics/diagnostic.ts'
import { storageKeys, type ProfileDisk, type ProfileStorage } from './schema-storage.ts'
import type { Role } from './schema-parts.ts'

/** A value of the profile with its position. */
export type Stated<T> = { value: T; path: Path }

/** The settings of the profile for the disks of one machine, each with its position. */
export type StatedStorage = { [Key in keyof ProfileStorage]?: Stated<NonNullable<ProfileStorage[Key]>> }

export type StoragePlace = { storage: ProfileStorage; path: Path }

/** The part of a profile that contains settings of disks. */
export type WithStorage = {
  hardware?: ProfileStorage | undefined
  roles?: Partial<Record<Role, ProfileStorage | undefined>> | undefined
  machines: readonly (ProfileStorage & { role: Role })[]
}

/** Positions with settings for the disks of a machine, the widest first. */
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
 * The settings for the disks of a machine: the narrowest position wins, field by field. `raid` belongs to the disks next to it, so one
 * from a wider position than `disk` does not apply.
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

/** All positions of the profile that can have settings of disks. */
export function* storagePlaces({ hardware, roles, machines }: WithStorage): Generator<StoragePlace> {
  if (hardware) yield { storage: hardware, path: ['hardware'] }
  for (const [role, storage] of Object.entries(roles ?? {}))
    if (storage) yield { storage, path: ['roles', role] }
  for (const [index, storage] of machines.entries()) yield { storage, path: ['machines', index] }
}

/** The system disks, each with its position. */
export function systemDisks(disk: Stated<NonNullable<ProfileStorage['disk']>>): Stated<ProfileDisk>[] {
  return Array.isArray(disk.value)
    ? disk.value.map((value, position) => ({ value, path: [...disk.path, position] }))
    : [{ value: disk.value, path: disk.path }]
}
