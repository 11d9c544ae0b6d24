import type { Path } from '../diagnostics/diagnostic.ts'
import type { Distribution } from '../distributions/distribution.ts'
import { findDistribution } from '../distributions/index.ts'
import type { InstallMethodName } from '../distributions/install-methods.ts'
import type { Profile, ProfileMachine } from './schema.ts'

/*
 * The operating systems of a profile: the settings for all machines, for a role and for a machine; the narrower wins. Both the rules and
 * the cluster need this.
 */

type Images = NonNullable<Profile['distribution']['images']>

type Placed<Value> = { value: Value; path: Path }

/** The settings for the system of a machine, each with the narrowest position that sets it. */
export type SystemChoice = {
  name: Placed<string>
  /** Null if a position sets a distribution without its version, which is a mistake. */
  version: Placed<string> | null
  /** Null: the distribution's usual one. */
  install: Placed<InstallMethodName> | null
  /** Whole-disk images; null: none. */
  images: Placed<Images> | null
  /** The narrowest position with any of these settings. */
  path: Path
}

/** An operating system, with its machines. */
export type ProfileSystem = {
  name: string
  version: string
  /** Null if hakube does not know the release. */
  distribution: Distribution | null
  /** The profile's setting, or the distribution's usual one. */
  install: InstallMethodName | undefined
  /** The settings of the first of its machines. */
  choice: SystemChoice
  /** Indices in the profile's `machines`, in order; empty only if the profile has no machines at all. */
  indices: readonly number[]
}

type Layer = { given: NonNullable<ProfileMachine['distribution']>; path: Path }

/** A block with a name replaces the wider ones, because another distribution has other versions and install methods. */
function narrow(wider: SystemChoice, { given, path }: Layer): SystemChoice {
  const base = given.name === undefined ? wider : { ...wider, version: null, install: null, images: null }
  const placed = <Value>(key: string, value: Value | undefined, or: Placed<Value> | null) =>
    value === undefined ? or : { value, path: [...path, key] }
  return {
    name: placed('name', given.name, null) ?? wider.name,
    version: placed('version', given.version, base.version),
    install: placed('install', given.install, base.install),
    images: placed('images', given.images, base.images),
    path,
  }
}

export const topChoice = ({ distribution: { name, version, install, images } }: Profile): SystemChoice => ({
  name: { value: name, path: ['distribution', 'name'] },
  version: { value: version, path: ['distribution', 'version'] },
  install: install === undefined ? null : { value: install, path: ['distribution', 'install'] },
  images: images === undefined ? null : { value: images, path: ['distribution', 'images'] },
  path: ['distribution'],
})

/** The settings for all machines of a profile, by index. */
export function systemChoices(profile: Profile): SystemChoice[] {
  const top = topChoice(profile)
  const ofRoles = new Map(
    Object.entries(profile.roles ?? {}).flatMap(([role, settings]) =>
      settings?.distribution
        ? [[role, narrow(top, { given: settings.distribution, path: ['roles', role, 'distribution'] })]]
        : [],
    ),
  )
  return profile.machines.map(({ role, distribution: given }, index) => {
    const wider = ofRoles.get(role) ?? top
    return given ? narrow(wider, { given, path: ['machines', index, 'distribution'] }) : wider
  })
}

type Systems = { all: readonly ProfileSystem[]; ofMachines: readonly ProfileSystem[] }

const found = new WeakMap<Profile, Systems>()

function systemsIn(profile: Profile): Systems {
  const systems = found.get(profile) ?? findSystems(profile)
  found.set(profile, systems)
  return systems
}

/** The operating systems of a profile, in the order of the machines, each once. */
export const systemsOf = (profile: Profile): readonly ProfileSystem[] => systemsIn(profile).all

/**
 * The system of a machine.
 *
 * @throws if there is no such machine
 */
export function systemAt(profile: Profile, index: number): ProfileSystem {
  const system = systemsIn(profile).ofMachines[index]
  if (!system) throw new Error(`no machine ${index}`)
  return system
}

function findSystems(profile: Profile): Systems {
  const systems = new Map<string, ProfileSystem & { indices: number[] }>()
  const choices = systemChoices(profile)
  const ofMachines: ProfileSystem[] = []
  for (const [index, choice] of (choices.length > 0 ? choices : [topChoice(profile)]).entries()) {
    const name = choice.name.value
    const version = choice.version?.value ?? ''
    const distribution = findDistribution(name, version)
    const install = choice.install?.value ?? distribution?.installs[0]
    const key = JSON.stringify([name, version, install, choice.images?.value])
    const system = systems.get(key) ?? { name, version, distribution, install, choice, indices: [] }
    systems.set(key, system)
    ofMachines.push(system)
    if (choices.length > 0) system.indices.push(index)
  }
  return { all: [...systems.values()], ofMachines }
}

/** A system whose release hakube knows. */
export type KnownSystem = ProfileSystem & { distribution: Distribution }

export const isKnown = (system: ProfileSystem): system is KnownSystem => system.distribution !== null

/** The systems of the selected machines, with the indices of these. A profile without machines has the top-level system. */
export const systemsAmong = (
  profile: Profile,
  isMeant: (machine: ProfileMachine) => boolean,
): ProfileSystem[] => {
  const noMachines = profile.machines.length === 0
  return systemsOf(profile).flatMap((system) => {
    const indices = system.indices.filter((index) => {
      const machine = profile.machines[index]
      return machine !== undefined && isMeant(machine)
    })
    return indices.length > 0 || noMachines ? [{ ...system, indices }] : []
  })
}

/** Those systems whose release hakube knows. */
export const knownSystems = (
  profile: Profile,
  isMeant: (machine: ProfileMachine) => boolean = () => true,
): KnownSystem[] => systemsAmong(profile, isMeant).filter(isKnown)
