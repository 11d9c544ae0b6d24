import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { usualBalancing } from '../placements.ts'
import { isNodeRole, type Profile } from '../schema.ts'
import {
  isKnown,
  knownSystems,
  systemsAmong,
  systemAt,
  systemsOf,
  type KnownSystem,
  type ProfileSystem,
} from '../systems.ts'

/* Questions of rules about the operating systems of a profile, and how rules name the machines with one of several. */

/** Lists up to three names: in a large rack, a mistake may concern hundreds of machines. */
function namesOf({ machines }: Profile, indices: readonly number[]): string {
  const names = indices.flatMap((index) => machines[index]?.name ?? [])
  const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
  return names.slice(0, 3).join(', ') + more
}

/**
 * Checks each system by itself. A mistake that concerns only some systems is reported once, with their machines; a mistake that concerns
 * all does not depend on the system.
 */
export function onEach<System extends ProfileSystem>(
  profile: Profile,
  systems: readonly System[],
  check: (system: System) => readonly Diagnostic[],
): Diagnostic[] {
  const found = new Map<string, { diagnostic: Diagnostic; on: System[] }>()
  for (const system of systems)
    for (const diagnostic of check(system)) {
      const { code, message, path, part } = diagnostic
      const key = JSON.stringify([code, message, path, part])
      const group = found.get(key) ?? { diagnostic, on: [] }
      found.set(key, group)
      if (!group.on.includes(system)) group.on.push(system)
    }
  const isMixed = systemsOf(profile).length > 1
  return [...found.values()].map(({ diagnostic, on }) => {
    if (!isMixed || on.length === systems.length) return diagnostic
    const names = namesOf(
      profile,
      on.flatMap(({ indices }) => indices).toSorted((a, b) => a - b),
    )
    return { ...diagnostic, message: `${diagnostic.message} (${names})` }
  })
}

/** Systems of the machines that run Kubernetes. */
export const nodeSystems = (profile: Profile): KnownSystem[] =>
  knownSystems(profile, ({ role }) => isNodeRole(role))

/** Systems of the machines that run the distribution's haproxy and keepalived; all systems if the profile does not determine them. */
export function balancerSystems(profile: Profile): KnownSystem[] {
  const placement = profile.loadBalancing?.placement ?? usualBalancing(profile.machines)
  const role = placement === 'dedicated' ? 'load-balancer' : 'control-plane'
  const found = knownSystems(profile, (machine) => machine.role === role)
  return found.length > 0 ? found : knownSystems(profile)
}

/** Systems of the machines that a position of the profile applies to: the profile, a role or a machine. */
export function systemsAt(profile: Profile, path: Path): ProfileSystem[] {
  const [first, second] = path
  if (first === 'roles') return systemsAmong(profile, ({ role }) => role === second)
  if (first !== 'machines') return [...systemsOf(profile)]
  const index = Number(second)
  return [{ ...systemAt(profile, index), indices: [index] }]
}

/** Those systems whose release hakube knows. */
export const knownSystemsAt = (profile: Profile, path: Path): KnownSystem[] =>
  systemsAt(profile, path).filter(isKnown)
