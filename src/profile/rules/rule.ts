import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { roles } from '../schema.ts'
import type { Profile, ProfileSettings, Role } from '../schema.ts'
import type { Comment } from '../yaml-comments.ts'

export type RuleContext = {
  profile: Profile
  /** Text of each `files[].source`, by the path as written. */
  sources: ReadonlyMap<string, string>
  /** Comments in all files of the profile. */
  comments?: readonly Comment[]
}

/**
 * Finds one family of mistakes. Diagnostics have paths, whose positions are looked up later; those in comments have positions. Never
 * throws.
 */
export type Rule = (context: RuleContext) => Diagnostic[]

export type SettingsPlace = {
  path: Path
  /** Role of the machines that the settings apply to; null for all. */
  role: Role | null
  settings: ProfileSettings
}

/** All positions of a profile with settings, widest first. */
export function* settingsPlaces(profile: Profile): Generator<SettingsPlace> {
  yield { path: [], role: null, settings: profile }
  for (const role of roles) {
    const settings = profile.roles?.[role]
    if (settings) yield { path: ['roles', role], role, settings }
  }
  for (const [index, settings] of profile.machines.entries()) {
    yield { path: ['machines', index], role: settings.role, settings }
  }
}

/** The interfaces of a machine with their paths; the first one has the address. */
export function macsOf(machine: Profile['machines'][number], index: number): { path: Path; mac: string }[] {
  if (typeof machine.mac === 'string') return [{ path: ['machines', index, 'mac'], mac: machine.mac }]
  return machine.mac.map((mac, position) => ({ path: ['machines', index, 'mac', position], mac }))
}
