import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { knownArguments, type Program } from '../../distributions/arguments/index.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import type { Profile } from '../schema.ts'
import { argumentTexts } from '../schema-arguments.ts'
import { ownArguments } from './own-arguments.ts'
import { settingsPlaces } from './rule.ts'
import { configuredArguments } from './told-kubelets.ts'
import type { Rule } from './rule.ts'

export type ArgumentsPlace = {
  path: Path
  program: Program
  list: Readonly<Record<string, string>>
}

/** Every position of a profile with arguments of a program. */
export function* argumentPlaces(profile: Profile): Generator<ArgumentsPlace> {
  const { apiServerArguments, controllerManagerArguments, schedulerArguments } = profile.kubernetes
  yield {
    path: ['kubernetes', 'apiServerArguments'],
    program: 'kube-apiserver',
    list: argumentTexts(apiServerArguments),
  }
  yield {
    path: ['kubernetes', 'controllerManagerArguments'],
    program: 'kube-controller-manager',
    list: argumentTexts(controllerManagerArguments),
  }
  yield {
    path: ['kubernetes', 'schedulerArguments'],
    program: 'kube-scheduler',
    list: argumentTexts(schedulerArguments),
  }
  for (const { path, settings } of settingsPlaces(profile))
    if (settings.kubeletArguments)
      yield {
        path: [...path, 'kubeletArguments'],
        program: 'kubelet',
        list: argumentTexts(settings.kubeletArguments),
      }
}

/** The same, with the fields of KubeletConfiguration that are also arguments. `at` is the position of one of them. */
export function* toldPlaces(
  profile: Profile,
): Generator<Omit<ArgumentsPlace, 'path'> & { at: (name: string) => Path }> {
  for (const { path, ...place } of argumentPlaces(profile)) yield { ...place, at: (name) => [...path, name] }
  const minor = parseKubernetesVersion(profile.kubernetes.version)?.minor
  if (minor === undefined) return
  const configurations = [
    { path: ['kubernetes'], fields: profile.kubernetes.kubeletConfiguration },
    ...[...settingsPlaces(profile)].map(({ path, settings }) => ({
      path,
      fields: settings.kubeletConfiguration,
    })),
  ]
  for (const { path, fields } of configurations) {
    const told = configuredArguments(fields ?? {}, minor)
    const places = new Map(told.map(({ name, field }) => [name, field]))
    yield {
      program: 'kubelet',
      list: Object.fromEntries(told.map(({ name, value }) => [name, value])),
      at: (name) => [...path, 'kubeletConfiguration', ...(places.get(name) ?? [])],
    }
  }
}

/** Arguments of the components of Kubernetes. */
export const componentArgumentRules: Rule = ({ profile }) =>
  [...argumentPlaces(profile)].flatMap((place) =>
    Object.entries(place.list).flatMap(([name, value]) => [
      ...checkName(place, name),
      ...checkValue(place, name, value),
    ]),
  )

function checkName({ path, program }: ArgumentsPlace, name: string): Diagnostic[] {
  const at = { path: [...path, name], onKey: true }
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    const near = name
      .replace(/=.*$/s, '')
      .replace(/^-+/, '')
      .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
      .replaceAll('_', '-')
      .toLowerCase()
    const hint = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(near)
      ? `write ${near}: without leading dashes, and the value after the colon`
      : 'write the name as --help prints it, without leading dashes'
    return [error('arguments/name', `${inQuotes(name)} is not an argument name`, { hint, ...at })]
  }
  const own = Object.hasOwn(ownArguments[program], name) ? ownArguments[program][name] : undefined
  if (own === undefined) return []
  return [
    error('arguments/by-hakube', `hakube sets --${name} of ${program} itself`, {
      hint: own.startsWith('write ') ? `${own} instead` : `remove it: ${own}`,
      ...at,
    }),
  ]
}

/** pflag parses these as a line of CSV, without trimming: stringSliceValue in github.com/spf13/pflag. */
const isList = (program: Program, name: string): boolean => knownArguments[program].get(name)?.type === 'list'

/**
 * kubeadm writes the kubelet's arguments on one line of /var/lib/kubelet/kubeadm-flags.env, and systemd splits that line at white space
 * (systemd.service(5), Command lines).
 */
function checkValue({ path, program }: ArgumentsPlace, name: string, value: string): Diagnostic[] {
  const at = { path: [...path, name] }
  if (/\p{Cc}/u.test(value))
    return [
      error('arguments/value', `the value of ${name} contains a control character or a line break`, {
        hint: 'write one line',
        ...at,
      }),
    ]
  if (program !== 'kubelet' && isList(program, name) && /^\s|\s,|,\s|\s$/.test(value))
    return [
      error(
        'arguments/value',
        `the list of ${name} has spaces, which ${program} treats as part of the items`,
        {
          hint: `write ${value
            .split(',')
            .map((item) => item.trim())
            .filter(Boolean)
            .join(',')}`,
          ...at,
        },
      ),
    ]
  if (program !== 'kubelet' || !/[\s"'\\$]/.test(value)) return []
  return [
    error('arguments/value', `the value of ${name} contains white space, a quote, a backslash or $`, {
      hint: 'write a value without them: kubelet arguments share one line that is split at white space',
      source: 'systemd.service(5)',
      ...at,
    }),
  ]
}
