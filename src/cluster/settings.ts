import type { Path } from '../diagnostics/diagnostic.ts'
import { defaults } from '../profile/defaults.ts'
import { kernelArgumentsOf } from '../profile/kernel-arguments.ts'
import { settingKeys, type Profile, type ProfileSettings, type Role } from '../profile/schema.ts'
import { mergeMappings } from '../text/data.ts'
import { argumentsIn } from '../distributions/configurations/kubelet-arguments.ts'
import { parseKubernetesVersion } from '../distributions/kubernetes.ts'
import type {
  ArgumentSetting,
  CommandSetting,
  FileSetting,
  LabelSetting,
  LimitSetting,
  MachineSettings,
  ModuleSetting,
  NamedArgument,
  PackageSetting,
  SysctlSetting,
  TaintSetting,
} from './cluster.ts'

/** Texts of the files that `files[].source` names, by the path as written. */
export type Sources = ReadonlyMap<string, string>

type Layer = { settings: ProfileSettings; path: Path }

/** Settings of several layers, by the key that identifies equal ones. Maps keep the order of first mention. */
type Merged = {
  modules: Map<string, ModuleSetting>
  kernelArguments: Map<string, ArgumentSetting>
  sysctls: Map<string, SysctlSetting>
  limits: Map<string, LimitSetting>
  files: Map<string, FileSetting>
  packages: Map<string, PackageSetting>
  kernelPackage: MachineSettings['kernelPackage']
  labels: Map<string, LabelSetting>
  taints: Map<string, TaintSetting> | null
  kubeletArguments: Map<string, NamedArgument>
  kubeletConfiguration: MachineSettings['kubeletConfiguration']
  commands: Map<string, CommandSetting>
}

/**
 * Merges the settings of the profile for all machines, for a role and for one machine; the narrower wins. Equality is by key for sysctls,
 * by name for labels and kubelet arguments, by key and effect for taints, by domain, type and item for limits, by path for files, and
 * by name for commands. Modules, kernel arguments and packages accumulate. An empty list of taints removes the wider ones.
 *
 * @returns a function of role, machine and the machine's index. Machines without settings share one object for each role, which bounds
 *   time and memory with 10,000 machines.
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
    if (hasSettings(settings)) return merge(profile, [...layersOf(role), { settings, path }], sources)
    const merged = roleSettings.get(role) ?? merge(profile, layersOf(role), sources)
    roleSettings.set(role, merged)
    return merged
  }
}

const hasSettings = (settings: ProfileSettings): boolean =>
  settingKeys.some((key) => settings[key] !== undefined)

function merge(profile: Profile, layers: readonly Layer[], sources: Sources): MachineSettings {
  const merged: Merged = {
    modules: new Map(),
    kernelArguments: new Map(),
    sysctls: new Map(),
    limits: new Map(),
    files: new Map(),
    packages: new Map(),
    kernelPackage: defaults.kernelPackage,
    labels: new Map(),
    taints: null,
    kubeletArguments: new Map(),
    kubeletConfiguration: { fields: {} },
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
    kernelPackage: merged.kernelPackage,
    labels: [...merged.labels.values()],
    taints: merged.taints && [...merged.taints.values()],
    kubeletArguments: [...merged.kubeletArguments.values()],
    kubeletConfiguration: merged.kubeletConfiguration,
    kubeletIsTold: kubeletIsTold(profile, merged),
    commands: [...merged.commands.values()],
  }
}

function addLayer(merged: Merged, { settings, path }: Layer, sources: Sources): void {
  for (const [index, name] of (settings.kernel?.modules ?? []).entries())
    addOnce(merged.modules, name, { name, from: [...path, 'kernel', 'modules', index] })
  for (const { argument, appliesTo, path: from } of kernelArgumentsOf(settings, path)) {
    // Repeating an argument changes nothing; if it applies elsewhere, the narrower layer decides where.
    if (merged.kernelArguments.get(argument)?.appliesTo !== appliesTo)
      merged.kernelArguments.set(argument, { argument, appliesTo, from })
  }
  for (const [key, value] of Object.entries(settings.sysctls ?? {}))
    merged.sysctls.set(key, { key, value: String(value), from: [...path, 'sysctls', key] })
  for (const [index, limit] of (settings.limits ?? []).entries())
    addLimit(merged.limits, { ...limit, value: String(limit.value), from: [...path, 'limits', index] })
  for (const [index, file] of (settings.files ?? []).entries())
    merged.files.set(file.path, fileSetting(file, [...path, 'files', index], sources))
  for (const [index, name] of (settings.packages ?? []).entries())
    addOnce(merged.packages, name, { name, from: [...path, 'packages', index] })
  if (settings.kernel?.package !== undefined)
    merged.kernelPackage = { name: settings.kernel.package, from: [...path, 'kernel', 'package'] }
  for (const [key, value] of Object.entries(settings.labels ?? {}))
    merged.labels.set(key, { key, value, from: [...path, 'labels', key] })
  merged.taints = addTaints(merged.taints, settings.taints, path)
  for (const [name, value] of Object.entries(settings.kubeletArguments ?? {}))
    merged.kubeletArguments.set(name, {
      name,
      value: String(value),
      from: [...path, 'kubeletArguments', name],
    })
  if (settings.kubeletConfiguration !== undefined)
    merged.kubeletConfiguration = {
      fields: mergeMappings(merged.kubeletConfiguration.fields, settings.kubeletConfiguration),
      from: [...path, 'kubeletConfiguration'],
    }
  for (const [index, command] of (settings.commands ?? []).entries())
    merged.commands.set(command.name, {
      ...command,
      secret: command.secret ?? false,
      from: [...path, 'commands', index],
    })
}

/** An argument takes precedence over a configuration file, and a machine's file over the cluster's. */
function kubeletIsTold({ kubernetes }: Profile, merged: Merged): NamedArgument[] {
  const minor = parseKubernetesVersion(kubernetes.version)?.minor ?? ''
  const fields = mergeMappings(kubernetes.kubeletConfiguration ?? {}, merged.kubeletConfiguration.fields)
  const configured = argumentsIn(fields, minor).map(({ name, value }) => ({ name, value }))
  return [
    ...configured.filter(({ name }) => !merged.kubeletArguments.has(name)),
    ...merged.kubeletArguments.values(),
  ]
}

function addTaints(wider: Merged['taints'], list: ProfileSettings['taints'], path: Path): Merged['taints'] {
  if (list === undefined) return wider
  const all = new Map(list.length === 0 ? [] : wider)
  for (const [index, text] of list.entries()) {
    const taint = parseTaint(text)
    all.set(`${taint.key}:${taint.effect}`, { ...taint, from: [...path, 'taints', index] })
  }
  return all
}

/** Parses `key=value:Effect` or `key:Effect`, as `kubectl taint` does. */
function parseTaint(text: string): Pick<TaintSetting, 'key' | 'value' | 'effect'> {
  const [, key, value = '', effect] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(text) ?? []
  if (key === undefined || effect === undefined)
    throw new Error(`not a taint: ${text}: a rule of the profile should have rejected it`)
  return { key, value, effect }
}

function addOnce<Item>(items: Map<string, Item>, key: string, item: Item): void {
  if (!items.has(key)) items.set(key, item)
}

/**
 * In limits.conf(5) a later line wins, and `-` means both soft and hard. So a narrower limit comes after all wider ones, even if it
 * replaces one.
 */
function addLimit(limits: Map<string, LimitSetting>, limit: LimitSetting): void {
  const key = `${limit.domain} ${limit.type} ${limit.item}`
  limits.delete(key)
  limits.set(key, limit)
}

type ProfileFile = NonNullable<ProfileSettings['files']>[number]

/**
 * A file of the profile with its text.
 *
 * @throws when `sources` lacks the text
 */
export function fileSetting(file: ProfileFile, from: Path, sources: Sources): FileSetting {
  const { fromSecret } = file
  // The text is in the bundle; the component `files` fills it in from there.
  const inBundle = fromSecret === undefined ? undefined : ''
  const content = file.content ?? (file.source === undefined ? inBundle : sources.get(file.source))
  if (content === undefined)
    throw new Error(`no text for the file ${file.path}: a rule of the profile should have rejected it`)
  const secret = fromSecret !== undefined || (file.secret ?? false)
  return {
    path: file.path,
    mode: (file.mode ?? (secret ? defaults.secretFileMode : defaults.fileMode)).padStart(4, '0'),
    owner: file.owner ?? defaults.fileOwner,
    content,
    ...(file.source === undefined ? {} : { besideProfile: true }),
    ...(fromSecret === undefined ? {} : { fromSecret }),
    secret,
    from,
  }
}
