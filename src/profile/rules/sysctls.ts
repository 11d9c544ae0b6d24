import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { findSysctls, hasSysctl, type KnownSysctl } from '../../distributions/sysctls/known.ts'
import { nearSysctl } from '../../distributions/sysctls/near.ts'
import { canonicalKey } from '../../text/sysctl-key.ts'
import type { Profile, ProfileSettings } from '../schema.ts'
import { allKernels, type Kernels } from './kernels.ts'
import { allAdvice } from './old-advice/index.ts'
import { sysctlAssignments } from './old-advice/sysctl-assignments.ts'
import { textsOf } from './old-advice/texts.ts'
import { knownSystems, type KnownSystem } from '../systems.ts'
import { onEach, knownSystemsAt } from './of-systems.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule, RuleContext } from './rule.ts'
import { valueProblem } from './sysctl-values.ts'

/** Kernel settings: whether the machines' kernels have them, and accept the values. */
export const sysctlRules: Rule = ({ profile, sources }) => {
  const kernelsOf = kernelsBySystem(profile)
  return [...settingsPlaces(profile)].flatMap(({ path, settings }) => {
    const { sysctls } = settings
    const ofSettings =
      sysctls === undefined
        ? []
        : onKernelsAt(profile, path, kernelsOf, (kernels) =>
            Object.entries(sysctls).flatMap(([key, value]) =>
              checkSetting(key, String(value), [...path, 'sysctls', key], kernels),
            ),
          )
    return [
      ...ofSettings,
      ...checkPrivilegedPorts(settings, path, profile),
      ...checkFiles(settings, path, sources),
    ]
  })
}

/** ipv4_local_port_range in net/ipv4/sysctl_net_ipv4.c: the range must not include ports that only root may use. */
function checkPrivilegedPorts({ sysctls = {} }: ProfileSettings, path: Path, profile: Profile): Diagnostic[] {
  return Object.entries(sysctls).flatMap(([written, value]) => {
    const [, first] = /^\s*(\d+)\s+\d+\s*$/.exec(String(value)) ?? []
    if (canonicalKey(written) !== 'net.ipv4.ip_local_port_range' || !first || Number(first) >= 1024) return []
    // Asked last, because it reads the settings of all machines.
    if (settingsPlacesHave(profile, 'net.ipv4.ip_unprivileged_port_start')) return []
    return [
      error(
        'sysctls/value',
        `${written} cannot begin at ${first}: the kernel accepts no ports below 1024 here`,
        {
          hint: 'write e.g. 32768 60999',
          path: [...path, 'sysctls', written],
          source: 'https://docs.kernel.org/networking/ip-sysctl.html',
        },
      ),
    ]
  })
}

const settingsPlacesHave = (profile: Profile, key: string): boolean =>
  [...settingsPlaces(profile)].some(({ settings }) =>
    Object.keys(settings.sysctls ?? {}).some((written) => canonicalKey(written) === key),
  )

type KernelsOf = (system: KnownSystem) => Kernels

/** The kernels of all machines with a release, independent of positions and install methods. */
function kernelsBySystem(profile: Profile): KernelsOf {
  const systems = knownSystems(profile)
  const titles = new Set(systems.map(({ distribution }) => distribution.title))
  const found = new Map(
    [...titles].flatMap((title) => {
      const same = systems.filter(({ distribution }) => distribution.title === title)
      const indices = same.flatMap((system) => system.indices)
      return same.slice(0, 1).map((system) => [title, allKernels(profile, { ...system, indices })] as const)
    }),
  )
  return (system) => found.get(system.distribution.title) ?? allKernels(profile, system)
}

/** Mistakes on the kernels of each system that the machines of a position have. */
function onKernelsAt(
  profile: Profile,
  path: Path,
  kernelsOf: KernelsOf,
  check: (kernels: Kernels | null) => Diagnostic[],
): Diagnostic[] {
  const systems = knownSystemsAt(profile, path)
  // Without machines, or without a release that hakube knows, there is no kernel to compare with.
  return systems.length === 0 ? check(null) : onEach(profile, systems, (system) => check(kernelsOf(system)))
}

function checkSetting(written: string, value: string, path: Path, kernels: Kernels | null): Diagnostic[] {
  if (!/^-?[A-Za-z0-9_*-]+(?:[./][A-Za-z0-9_*:@-]+)+$/.test(written)) return [notAKey(written, path)]
  return [
    ...checkKey(written, path, kernels),
    ...[valueProblem(written, value)].flatMap((problem) =>
      problem === null ? [] : [error('sysctls/value', problem.message, { hint: problem.hint, path })],
    ),
  ]
}

function notAKey(written: string, path: Path): Diagnostic {
  const near = /^-?[\w-]+$/.test(written) ? nearSysctl(canonicalKey(written)) : null
  const hint =
    near === null ? 'write the name as sysctl -a prints it, e.g. net.core.somaxconn' : `did you mean ${near}?`
  const message = `${inQuotes(written)} is not a kernel setting`
  return error('sysctls/key', message, { hint, path, onKey: true, source: 'sysctl.d(5)' })
}

const documentation = 'https://docs.kernel.org/admin-guide/sysctl/index.html'

function checkKey(written: string, path: Path, kernels: Kernels | null): Diagnostic[] {
  const key = canonicalKey(written)
  // sysctl.d(5): a key with a leading dash may be missing.
  const mayBeMissing = written.startsWith('-')
  const found = findSysctls(key)
  if (found.length > 0) return mayBeMissing || !kernels ? [] : onKernels(written, found, path, kernels)
  // Old advice about a removed key says more.
  if (allAdvice.some(({ sysctl }) => sysctl?.key.test(key))) return []
  const near = nearSysctl(key)
  const rest = { path, onKey: true, source: documentation }
  if (near !== null && !mayBeMissing && !kernels?.unlisted)
    return [
      error('sysctls/misspelt', `the kernel has no setting ${inQuotes(written)}`, {
        ...rest,
        hint: `did you mean ${near}?`,
      }),
    ]
  if (near !== null) return [unknown(written, { ...rest, hint: `did you mean ${near}?` })]
  if (mayBeMissing) return []
  const hint = `check the name; if a kernel module provides it, add the module to kernel.modules and write -${written}`
  return [unknown(written, { ...rest, hint })]
}

const unknown = (written: string, rest: Partial<Diagnostic>): Diagnostic =>
  warning('sysctls/unknown', `no kernel known to hakube has ${inQuotes(written)}`, rest)

/** A key that no kernel of the profile has: the first boot would wait for it forever. */
function onKernels(
  written: string,
  found: readonly KnownSysctl[],
  path: Path,
  { versions, backports, title }: Kernels,
): Diagnostic[] {
  const isMissing = found.every((known) =>
    versions.every((version) => hasSysctl(known, version, backports) === false),
  )
  if (!isMissing) return []
  const [{ last } = { last: null }] = found
  const when = last === null ? 'does not exist yet in' : 'no longer exists in'
  return [
    error(
      'sysctls/other-kernel',
      `${written} ${when} the kernel of ${title}, which is ${versions.join(' or ')}`,
      {
        hint: `remove it, or write -${written} to allow it to be missing`,
        path,
        onKey: true,
      },
    ),
  ]
}

/** In files it causes no failure, because systemd-sysctl only logs it to the journal. */
function checkFiles(
  { files = [] }: ProfileSettings,
  path: Path,
  sources: RuleContext['sources'],
): Diagnostic[] {
  return files.flatMap((file, index) => {
    if (!/^\/(?:etc|run|usr\/lib|usr\/local\/lib|lib)\/sysctl\.(?:d\/[^/]+\.)?conf$/.test(file.path))
      return []
    const at: Path = [...path, 'files', index, file.content === undefined ? 'source' : 'content']
    const text = file.content ?? (file.source === undefined ? undefined : sources.get(file.source))
    return textsOf(text ?? '', file.path).flatMap((part) =>
      sysctlAssignments(part).flatMap(({ key, mayBeMissing, start, length }) =>
        checkKey(mayBeMissing ? `-${key}` : key, at, null).map(({ hint = '', source = '' }) =>
          unknown(key, { hint, source, path: at, part: { start, length } }),
        ),
      ),
    )
  })
}
