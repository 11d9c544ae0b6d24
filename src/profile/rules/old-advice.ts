import type { Diagnostic, Path, Related } from '../../diagnostics/diagnostic.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { defaults } from '../defaults.ts'
import { kernelArgumentsOf } from '../kernel-arguments.ts'
import { mirrorPlaces } from '../mirror-addresses.ts'
import type { Profile } from '../schema.ts'
import type { Advice, Situation } from './old-advice/advice.ts'
import { allAdvice } from './old-advice/index.ts'
import { adviceOnText, dottedKey, isFound, sayAt } from './old-advice/match.ts'
import { argumentPlaces } from './component-arguments.ts'
import { isOwnArgument } from './own-arguments.ts'
import { oldestNodeKernel } from './kernels.ts'
import { isKnown, systemsOf, type ProfileSystem } from '../systems.ts'
import { systemsAt } from './of-systems.ts'
import { settingsPlaces } from './rule.ts'
import { olderGates } from './feature-gates.ts'
import type { Rule, RuleContext, SettingsPlace } from './rule.ts'

/*
 * Settings that guides still recommend although the kernel or the programs have removed them, or they are harmful. old-advice/ contains
 * them, with the source of each; docs/rules.md lists them.
 */

/** Old advice in `sysctls`, `kernel`, `packages` and `mirrors`, and in the texts of files and commands. */
export const oldAdviceRules: Rule = ({ profile, sources }) => {
  const situations = new Map(
    systemsOf(profile).map((system) => [system.choice, situationOf(profile, system)] as const),
  )
  const forAll = [...situations.values()]
  return [
    ...inAll(forAll.map((situation) => adviceOnMirrors(profile, situation))),
    ...inAll(forAll.map((situation) => adviceOnArguments(profile, situation))),
    ...[...settingsPlaces(profile)].flatMap((place) => {
      const systems = systemsAt(profile, place.path)
      const found = (systems.length === 0 ? systemsOf(profile) : systems).flatMap(({ choice }) => {
        const common = situations.get(choice)
        if (!common) return []
        const situation = { ...common, role: place.role }
        return [[...adviceOnSettings(place, situation), ...adviceOnTexts(place, sources, situation)]]
      })
      return inAll(found)
    }),
  ]
}

const keyOf = ({ code, path, part, message }: Diagnostic): string =>
  JSON.stringify([code, path, part, message])

/** Advice that one of the machines' systems still needs is not a mistake. */
function inAll([first = [], ...others]: readonly Diagnostic[][]): Diagnostic[] {
  const keys = others.map((diagnostics) => new Set(diagnostics.map(keyOf)))
  return first.filter((diagnostic) => keys.every((known) => known.has(keyOf(diagnostic))))
}

function situationOf(profile: Profile, system: ProfileSystem): Situation {
  const { kubernetes, containerRuntime } = profile
  const { distribution } = system
  const own = containerRuntime?.packages === 'distribution' ? distribution?.ownContainerd : undefined
  return {
    role: null,
    // A setting that the oldest kernel of the profile still has is not a mistake.
    distribution: isKnown(system)
      ? { ...system.distribution, kernel: oldestNodeKernel(profile, system) }
      : null,
    kubernetes: parseKubernetesVersion(kubernetes.version)?.minor ?? null,
    runtime: containerRuntime?.name ?? defaults.containerRuntime,
    containerd: own?.configuration ?? distribution?.containerdConfiguration ?? null,
  }
}

const thatHold = (situation: Situation): Advice[] =>
  allAdvice.filter(({ holds }) => holds?.(situation) ?? true)

function adviceOnSettings({ path, settings }: SettingsPlace, situation: Situation): Diagnostic[] {
  const { sysctls, kernel, packages, files } = settings
  if (!sysctls && !kernel && !packages && !files) return []
  return thatHold(situation).flatMap((advice) => [
    ...onItems(advice, advice.module, kernel?.modules, [...path, 'kernel', 'modules']),
    ...kernelArgumentsOf(settings, path).flatMap(({ argument, path: at }) =>
      advice.kernelArgument?.test(argument) ? [sayAt(advice, at, argument)] : [],
    ),
    ...onItems(advice, advice.package, packages, [...path, 'packages']),
    ...(files ?? []).flatMap((file, index) =>
      advice.file?.test(file.path) ? [sayAt(advice, [...path, 'files', index, 'path'], file.path)] : [],
    ),
    ...(sysctls ? onSysctls(advice, sysctls, [...path, 'sysctls'], situation) : []),
  ])
}

const onItems = (
  advice: Advice,
  pattern: RegExp | undefined,
  items: readonly string[] | undefined,
  path: Path,
): Diagnostic[] =>
  pattern === undefined || items === undefined
    ? []
    : items.flatMap((item, index) => (pattern.test(item) ? [sayAt(advice, [...path, index], item)] : []))

function onSysctls(
  advice: Advice,
  sysctls: Readonly<Record<string, string | number>>,
  path: Path,
  situation: Situation,
): Diagnostic[] {
  const { sysctl } = advice
  if (!sysctl || sysctl.isRight?.(situation)) return []
  return Object.entries(sysctls).flatMap(([written, value]) => {
    const key = dottedKey(written.replace(/^-/, ''))
    if (!isFound(advice, key, String(value), written.startsWith('-'))) return []
    const other = sysctl.with
    const related: Related[] =
      other !== undefined && Object.hasOwn(sysctls, other)
        ? [{ path: [...path, other], message: 'set here', onKey: true }]
        : []
    return [
      sayAt(advice, [...path, written], key, { onKey: true, ...(related.length > 0 ? { related } : {}) }),
    ]
  })
}

/** Outdated arguments, gates and taints, written as the line of a file that would set them. */
function adviceOnArguments(profile: Profile, situation: Situation): Diagnostic[] {
  const read = (line: string, path: Path): Diagnostic[] =>
    adviceOnText(line, '/etc/default/kubelet', path, situation).map(({ part: _part, ...rest }) => ({
      ...rest,
      path,
      onKey: true,
    }))
  return [
    ...[...argumentPlaces(profile)].flatMap(({ path, program, list }) =>
      Object.entries(list).flatMap(([name, value]) =>
        // Arguments that hakube sets are rejected anyway.
        isOwnArgument(program, name) ? [] : read(`${program} --${name}=${value}`, [...path, name]),
      ),
    ),
    ...Object.keys(profile.kubernetes.featureGates ?? {}).flatMap((name) =>
      !olderGates.has(name) ? [] : read(`--feature-gates=${name}=true`, ['kubernetes', 'featureGates', name]),
    ),
    ...[...settingsPlaces(profile)].flatMap(({ path, settings }) =>
      (settings.taints ?? []).flatMap((taint, index) =>
        read(`--register-with-taints=${taint}`, [...path, 'taints', index]),
      ),
    ),
  ]
}

function adviceOnMirrors({ mirrors }: Profile, situation: Situation): Diagnostic[] {
  if (!mirrors) return []
  const { kubernetes, images = {} } = mirrors
  return thatHold(situation).flatMap((advice) => {
    const { mirror } = advice
    if (!mirror) return []
    const places: [path: Path, value: string | undefined, onKey: boolean][] = [
      ...mirrorPlaces({ mirrors }).map(({ path, address }): [Path, string, boolean] => [
        path,
        address,
        false,
      ]),
      [['mirrors', 'kubernetes'], kubernetes, false],
      ...Object.keys(images).map((registry): [Path, string, boolean] => [
        ['mirrors', 'images', registry],
        registry,
        true,
      ]),
    ]
    return places.flatMap(([path, value, onKey]) => {
      const found = value === undefined ? null : mirror.exec(value)
      return found ? [sayAt(advice, path, found[0], onKey ? { onKey } : {})] : []
    })
  })
}

/** Points to the exact words. */
function adviceOnTexts(
  { path, settings }: SettingsPlace,
  sources: RuleContext['sources'],
  situation: Situation,
): Diagnostic[] {
  const onFiles = (settings.files ?? []).flatMap((file, index) => {
    const inline = file.content !== undefined
    const text = file.content ?? (file.source === undefined ? undefined : sources.get(file.source))
    if (text === undefined) return []
    const place = [...path, 'files', index, inline ? 'content' : 'source']
    return adviceOnText(text, file.path, place, situation)
  })
  const onCommands = (settings.commands ?? []).flatMap(({ run }, index) =>
    adviceOnText(run, null, [...path, 'commands', index, 'run'], situation),
  )
  return [...onFiles, ...onCommands]
}
