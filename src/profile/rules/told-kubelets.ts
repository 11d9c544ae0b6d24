import type { Path } from '../../diagnostics/diagnostic.ts'
import { argumentsIn, type ConfiguredArgument } from '../../distributions/configurations/kubelet-arguments.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { isNodeRole } from '../schema.ts'
import type { Profile, ProfileSettings } from '../schema.ts'
import { mergeMappings, valueAt } from '../../text/data.ts'
import { argumentTexts } from '../schema-arguments.ts'
import { isOwnArgument } from './own-arguments.ts'

/**
 * The settings of a machine's kubelet, under the names of its arguments, with the narrowest position. `configured` is the field of a
 * configuration with the same setting, if an argument overrides it.
 */
export type Told = ReadonlyMap<string, { value: string; path: Path; configured?: Path }>

type Fields = Readonly<Record<string, unknown>>

/** The settings of a configuration as arguments, without those that the profile must not set, which other rules report. */
export const configuredArguments = (fields: Fields, minor: string): ConfiguredArgument[] =>
  argumentsIn(fields, minor).filter(({ name }) => name !== 'cgroup-driver' && !isOwnArgument('kubelet', name))

/** KubeletConfiguration by position, the widest first. */
export const configurationsOf = (
  { kubernetes, kubeletConfiguration, roles = {}, machines }: Profile,
  index: number,
): { path: Path; fields: Fields }[] => {
  const machine = machines[index]
  return [
    { path: ['kubernetes', 'kubeletConfiguration'], fields: kubernetes.kubeletConfiguration },
    { path: ['kubeletConfiguration'], fields: kubeletConfiguration },
    ...(machine
      ? [
          {
            path: ['roles', machine.role, 'kubeletConfiguration'],
            fields: roles[machine.role]?.kubeletConfiguration,
          },
          { path: ['machines', index, 'kubeletConfiguration'], fields: machine.kubeletConfiguration },
        ]
      : []),
  ].flatMap(({ path, fields }) => (fields === undefined ? [] : [{ path, fields }]))
}

type Layer = { path: Path; settings: ProfileSettings | undefined }

/** Each distinct set once: machines without own settings share that of their role. */
export function* toldKubelets(profile: Profile): Generator<Told> {
  const roles = new Set<string>()
  for (const [index, machine] of profile.machines.entries()) {
    if (!isNodeRole(machine.role)) continue
    if (machine.kubeletArguments === undefined && machine.kubeletConfiguration === undefined) {
      if (roles.has(machine.role)) continue
      roles.add(machine.role)
    }
    yield toldTo(profile, index)
  }
}

/**
 * The settings of one machine's kubelet.
 *
 * @param index of the machine in the profile
 */
export function toldTo(profile: Profile, index: number): Told {
  const machine = profile.machines[index]
  const minor = parseKubernetesVersion(profile.kubernetes.version)?.minor
  const layers: Layer[] = [
    { path: [], settings: profile },
    ...(machine
      ? [
          { path: ['roles', machine.role], settings: profile.roles?.[machine.role] },
          { path: ['machines', index], settings: machine },
        ]
      : []),
  ]
  const configurations = configurationsOf(profile, index)
  const told = new Map<string, { value: string; path: Path; configured?: Path }>()
  const merged = configurations.reduce<Fields>((below, { fields }) => mergeMappings(below, fields), {})
  for (const { name, value, field } of minor === undefined ? [] : configuredArguments(merged, minor)) {
    // The narrowest position with this field.
    const place = configurations.findLast(({ fields }) => valueAt(fields, field) !== undefined)
    told.set(name, { value, path: [...(place?.path ?? []), ...field] })
  }
  const configured = new Map([...told].map(([name, { path }]) => [name, path]))
  for (const { path, settings } of layers)
    for (const [name, value] of Object.entries(argumentTexts(settings?.kubeletArguments))) {
      const other = configured.get(name)
      const here: Path = [...path, 'kubeletArguments', name]
      told.set(name, { value, path: here, ...(other ? { configured: other } : {}) })
    }
  return told
}
