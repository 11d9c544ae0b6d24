import type { Path } from '../../diagnostics/diagnostic.ts'
import { argumentsIn, type ConfiguredArgument } from '../../distributions/configurations/kubelet-arguments.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { isNodeRole } from '../schema.ts'
import type { Profile, ProfileSettings } from '../schema.ts'
import { mergeMappings, valueAt } from '../../text/data.ts'
import { argumentTexts } from '../schema-arguments.ts'
import { isOwnArgument } from './own-arguments.ts'

/**
 * What a machine's kubelet is told, in names of its arguments, and the narrowest place that says so. `configured` is the field of a
 * configuration that says the same, where that is not the place: an argument wins.
 */
export type Told = ReadonlyMap<string, { value: string; path: Path; configured?: Path }>

type Fields = Readonly<Record<string, unknown>>

/** What a configuration says in arguments, without what is not the profile's to say: of that other rules tell. */
export const configuredArguments = (fields: Fields, minor: string): ConfiguredArgument[] =>
  argumentsIn(fields, minor).filter(({ name }) => name !== 'cgroup-driver' && !isOwnArgument('kubelet', name))

/** Fields of KubeletConfiguration by place, the widest first. */
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

/** Each distinct set once: machines without their own share that of their role. */
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

/** What one machine's kubelet is told. @param index of the machine in the profile */
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
    // The narrowest that says something of it.
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
