import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { roles } from '../schema.ts'
import type { Profile, ProfileSettings, Role } from '../schema.ts'
import type { Comment } from '../yaml-comments.ts'

export type RuleContext = {
  profile: Profile
  /** Text of each `files[].source`, by the path as written. */
  sources: ReadonlyMap<string, string>
  /** Of all files of the profile. */
  comments?: readonly Comment[]
}

/** Finds one family of mistakes. Gives paths, whose positions are looked up later; in comments positions. Throws never. */
export type Rule = (context: RuleContext) => Diagnostic[]

export type SettingsPlace = {
  path: Path
  /** Of the machines that the settings are for; null for all. */
  role: Role | null
  settings: ProfileSettings
}

/** Every place of a profile that settings can stand at, widest first. */
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

/** The interfaces of a machine, first is the one with the address; with the path of each. */
export function macsOf(machine: Profile['machines'][number], index: number): { path: Path; mac: string }[] {
  if (typeof machine.mac === 'string') return [{ path: ['machines', index, 'mac'], mac: machine.mac }]
  return machine.mac.map((mac, position) => ({ path: ['machines', index, 'mac', position], mac }))
}
