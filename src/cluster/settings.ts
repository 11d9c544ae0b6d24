import type { Path } from '../diagnostics/diagnostic.ts'
import type { Profile, ProfileSettings, Role } from '../profile/schema.ts'
import type {
  ArgumentSetting,
  CommandSetting,
  FileSetting,
  LimitSetting,
  MachineSettings,
  ModuleSetting,
  PackageSetting,
  SysctlSetting,
} from './cluster.ts'

/** Texts of the files that `files[].source` names, by the path as written. */
export type Sources = ReadonlyMap<string, string>

type Layer = { settings: ProfileSettings; path: Path }

/** What is the same in two layers, by the key that says so. Maps keep the order in which things were first named. */
type Merged = {
  modules: Map<string, ModuleSetting>
  kernelArguments: Map<string, ArgumentSetting>
  sysctls: Map<string, SysctlSetting>
  limits: Map<string, LimitSetting>
  files: Map<string, FileSetting>
  packages: Map<string, PackageSetting>
  commands: Map<string, CommandSetting>
}

/**
 * Merges what the profile sets for all machines, for a role and for one machine; the narrower wins. Sysctls are the same by
 * key, limits by domain, type and item, files by path, commands by name; modules, arguments and packages add up.
 *
 * @returns a function of role, machine and the machine's place. Machines without settings of their own share one object for
 *   each role: with 10,000 machines that is what keeps time and memory down.
 */
export function settingsMerger(
  profile: Profile,
  sources: Sources,
): (role: Role, settings: ProfileSettings, path: Path) => MachineSettings {
  const roleLayers = new Map<Role, Layer[]>()
  const roleSettings = new Map<Role, MachineSettings>()
  const layersOf = (role: Role): Layer[] => {
    const known = roleLayers.get(role)
    if (known) return known
    const layers: Layer[] = [{ settings: profile, path: [] }]
    const ofRole = profile.roles?.[role]
    if (ofRole) layers.push({ settings: ofRole, path: ['roles', role] })
    roleLayers.set(role, layers)
    return layers
  }
  return (role, settings, path) => {
    if (hasSettings(settings)) return merge([...layersOf(role), { settings, path }], sources)
    const merged = roleSettings.get(role) ?? merge(layersOf(role), sources)
    roleSettings.set(role, merged)
    return merged
  }
}

const hasSettings = ({ kernel, sysctls, limits, files, packages, commands }: ProfileSettings): boolean =>
  [kernel, sysctls, limits, files, packages, commands].some((setting) => setting !== undefined)

function merge(layers: readonly Layer[], sources: Sources): MachineSettings {
  const merged: Merged = {
    modules: new Map(),
    kernelArguments: new Map(),
    sysctls: new Map(),
    limits: new Map(),
    files: new Map(),
    packages: new Map(),
    commands: new Map(),
  }
  for (const layer of layers) addLayer(merged, layer, sources)
  return {
    modules: [...merged.modules.values()],
    kernelArguments: [...merged.kernelArguments.values()],
    sysctls: [...merged.sysctls.values()],
    limits: [...merged.limits.values()],
    files: [...merged.files.values()],
    packages: [...merged.packages.values()],
    commands: [...merged.commands.values()],
  }
}

function addLayer(merged: Merged, { settings, path }: Layer, sources: Sources): void {
  for (const [index, name] of (settings.kernel?.modules ?? []).entries())
    addOnce(merged.modules, name, { name, from: [...path, 'kernel', 'modules', index] })
  for (const [index, argument] of (settings.kernel?.arguments ?? []).entries())
    addOnce(merged.kernelArguments, argument, { argument, from: [...path, 'kernel', 'arguments', index] })
  for (const [key, value] of Object.entries(settings.sysctls ?? {}))
    merged.sysctls.set(key, { key, value: String(value), from: [...path, 'sysctls', key] })
  for (const [index, limit] of (settings.limits ?? []).entries())
    addLimit(merged.limits, { ...limit, value: String(limit.value), from: [...path, 'limits', index] })
  for (const [index, file] of (settings.files ?? []).entries())
    merged.files.set(file.path, fileSetting(file, [...path, 'files', index], sources))
  for (const [index, name] of (settings.packages ?? []).entries())
    addOnce(merged.packages, name, { name, from: [...path, 'packages', index] })
  for (const [index, command] of (settings.commands ?? []).entries())
    merged.commands.set(command.name, {
      ...command,
      secret: command.secret ?? false,
      from: [...path, 'commands', index],
    })
}

function addOnce<Item>(items: Map<string, Item>, key: string, item: Item): void {
  if (!items.has(key)) items.set(key, item)
}

/**
 * The later line wins in limits.conf(5), and `-` stands for soft and hard: so a narrower limit goes behind all wider ones, also
 * where it replaces one.
 */
function addLimit(limits: Map<string, LimitSetting>, limit: LimitSetting): void {
  const key = `${limit.domain} ${limit.type} ${limit.item}`
  limits.delete(key)
  limits.set(key, limit)
}

type ProfileFile = NonNullable<ProfileSettings['files']>[number]

function fileSetting(file: ProfileFile, from: Path, sources: Sources): FileSetting {
  const content = file.content ?? (file.source === undefined ? undefined : sources.get(file.source))
  if (content === undefined)
    throw new Error(`no text for the file ${file.path}: the rules of the profile have to find that first`)
  const secret = file.secret ?? false
  return {
    path: file.path,
    // A secret that everybody on the machine may read is none.
    mode: (file.mode ?? (secret ? '0600' : '0644')).padStart(4, '0'),
    owner: file.owner ?? 'root:root',
    content,
    secret,
    from,
  }
}
