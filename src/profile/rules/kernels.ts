import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { newerKernelOf, oldestKernel } from '../../distributions/kernels.ts'
import { compareVersions } from '../../text/versions.ts'
import { listedKernels } from '../../distributions/sysctls/known.ts'
import { defaults } from '../defaults.ts'
import { isNodeRole } from '../schema.ts'
import type { KernelPackage, Profile, ProfileMachine } from '../schema.ts'
import { systemAt, type KnownSystem } from '../systems.ts'
import type { Rule } from './rule.ts'

/** Kernels from other sources than the distribution: whether they exist, and whether the machines boot them. */
export const kernelRules: Rule = ({ profile }) => {
  const found = new Map<string, Diagnostic>()
  // One message for each position, however many machines it applies to.
  for (const [index, machine] of profile.machines.entries()) {
    const choice = choiceOf(profile, machine, index)
    if (!choice || choice.name === 'distribution') continue
    const { distribution } = systemAt(profile, index)
    if (!distribution) continue
    for (const diagnostic of check(choice.name, choice.path, machine, profile, distribution)) {
      const key = `${diagnostic.code} ${choice.path.join('.')} ${distribution.title}`
      if (!found.has(key)) found.set(key, diagnostic)
    }
  }
  return [...found.values()]
}

type Choice = { name: KernelPackage; path: Path }

/** The kernel package that the narrowest position selects. */
function choiceOf(profile: Profile, machine: ProfileMachine, index: number): Choice | null {
  const places: [KernelPackage | undefined, Path][] = [
    [machine.kernel?.package, ['machines', index]],
    [profile.roles?.[machine.role]?.kernel?.package, ['roles', machine.role]],
    [profile.kernel?.package, []],
  ]
  for (const [name, path] of places)
    if (name !== undefined) return { name, path: [...path, 'kernel', 'package'] }
  return null
}

function check(
  name: Exclude<KernelPackage, 'distribution'>,
  path: Path,
  machine: ProfileMachine,
  { hardware }: Profile,
  distribution: Distribution,
): Diagnostic[] {
  const { newerKernels, title } = distribution
  const source = 'https://elrepo.org/wiki/doku.php?id=start'
  if (!newerKernels) {
    const message = `ELRepo builds kernels only for the Red Hat family, not for ${title}`
    return [error('kernel/no-package', message, { hint: 'remove package', path, source })]
  }
  const kernel = newerKernels[name]
  if (!kernel) {
    const other = name === 'elrepo-lt' ? 'elrepo-ml' : 'elrepo-lt'
    const hint = newerKernels[other] ? `write ${other}, or remove package` : 'remove package'
    const message = `ELRepo builds no kernel-${name.slice('elrepo-'.length)} for ${title}`
    return [error('kernel/no-package', message, { hint, path, source })]
  }
  const architecture = machine.architecture ?? hardware?.architecture ?? defaults.architecture
  if (!kernel.architectures.includes(architecture)) {
    const message = `ELRepo builds no ${kernel.package} for ${title} on ${architecture}, the architecture of ${machine.name}`
    return [error('kernel/no-package', message, { hint: 'remove package for this machine', path, source })]
  }
  if ((machine.firmware ?? hardware?.firmware ?? defaults.firmware) === 'bios') return []
  return [
    warning(
      'kernel/secure-boot',
      `ELRepo kernels are not signed: with Secure Boot, ${machine.name} would not boot one`,
      {
        hint: 'disable Secure Boot in the firmware before installation (otherwise the first boot stops before its reboot and reports it), or remove package',
        path,
        source: 'https://elrepo.org/wiki/doku.php?id=secureboot',
      },
    ),
  ]
}

const chosen = (profile: Profile, machine: ProfileMachine, index: number): KernelPackage =>
  choiceOf(profile, machine, index)?.name ?? 'distribution'

type Machines = Pick<KnownSystem, 'distribution' | 'indices'>

/** The kernel packages of the machines with a system. */
const packagesOf = (profile: Profile, { indices }: Machines, onlyNodes: boolean): KernelPackage[] =>
  indices.flatMap((index) => {
    const machine = profile.machines[index]
    if (!machine || (onlyNodes && !isNodeRole(machine.role))) return []
    return [chosen(profile, machine, index)]
  })

/** major.minor of the oldest kernel among the machines with a system that run Kubernetes. */
export const oldestNodeKernel = (profile: Profile, system: Machines): string =>
  oldestKernel(system.distribution, packagesOf(profile, system, true))

/** The kernels of machines. */
export type Kernels = {
  /** major.minor of each. */
  versions: readonly string[]
  /** Their vendor adds features of later kernels. */
  backports: boolean
  /** One of them is older than all kernels whose settings hakube knows. */
  unlisted: boolean
  /** The distribution's title. */
  title: string
}

/** The kernels of the machines with a system. */
export function allKernels(profile: Profile, system: Machines): Kernels {
  const { distribution } = system
  const packages = new Set(packagesOf(profile, system, false))
  const versions = [...packages].map((name) => oldestKernel(distribution, [name]))
  return {
    versions: [...new Set(versions)].toSorted(compareVersions),
    backports: distribution.family === 'rhel',
    unlisted: versions.some((version) => compareVersions(version, listedKernels[0]) < 0),
    title: distribution.title,
  }
}

/** Whether all machines with a system that run Kubernetes have a newer kernel than the distribution's. */
export function allNodesHaveNewerKernel(profile: Profile, system: Machines): boolean {
  const packages = packagesOf(profile, system, true)
  return packages.length > 0 && packages.every((name) => newerKernelOf(system.distribution, name) !== null)
}
