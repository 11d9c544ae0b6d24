import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { Program } from '../../distributions/arguments/index.ts'
import type { Profile } from '../schema.ts'
import { argumentTexts } from '../schema-arguments.ts'
import { ownArguments } from './own-arguments.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'

export type ArgumentsPlace = {
  path: Path
  program: Program
  list: Readonly<Record<string, string>>
}

/** Every place of a profile where arguments of a program stand. */
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

/** Arguments of the components of Kubernetes, and their feature gates. */
export const componentArgumentRules: Rule = ({ profile }) => [
  ...[...argumentPlaces(profile)].flatMap((place) =>
    Object.entries(place.list).flatMap(([name, value]) => [
      ...checkName(place, name),
      ...checkValue(place, name, value),
    ]),
  ),
  ...checkGates(profile),
]

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
      ? `write ${near}: without dashes before it, the value behind the colon`
      : 'write the name as --help prints it, without the dashes before it'
    return [error('arguments/name', `${inQuotes(name)} is not the name of an argument`, { hint, ...at })]
  }
  const own = Object.hasOwn(ownArguments[program], name) ? ownArguments[program][name] : undefined
  if (own === undefined) return []
  return [
    error('arguments/by-hakube', `hakube sets --${name} of ${program} itself`, {
      hint: own.startsWith('write ') ? `${own} in its place` : `remove it: ${own}`,
      ...at,
    }),
  ]
}

/**
 * kubeadm writes the kubelet's arguments into one line of /var/lib/kubelet/kubeadm-flags.env, and systemd parts that line at white
 * space (systemd.service(5), Command lines).
 */
function checkValue({ path, program }: ArgumentsPlace, name: string, value: string): Diagnostic[] {
  const at = { path: [...path, name] }
  if (/\p{Cc}/u.test(value))
    return [
      error('arguments/value', `the value of ${name} has a control character or a line break`, {
        hint: 'write one line',
        ...at,
      }),
    ]
  if (program !== 'kubelet' || !/[\s"'\\$]/.test(value)) return []
  return [
    error('arguments/value', `the value of ${name} has white space, a quote, a backslash or $`, {
      hint: 'arguments of the kubelet stand in one line that is parted at white space: write a value without them',
      source: 'systemd.service(5)',
      ...at,
    }),
  ]
}

const checkGates = ({ kubernetes: { featureGates = {} } }: Profile): Diagnostic[] =>
  Object.keys(featureGates).flatMap((name) =>
    /^[A-Z][A-Za-z0-9]*$/.test(name)
      ? []
      : [
          error('kubernetes/feature-gate', `${inQuotes(name)} is not the name of a feature gate`, {
            hint: 'write a name as Kubernetes has it, e.g. NodeSwap: true',
            path: ['kubernetes', 'featureGates', name],
            onKey: true,
            source: 'https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/',
          }),
        ],
  )
