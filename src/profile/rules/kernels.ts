import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { findDistribution } from '../../distributions/index.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { newerKernelOf, oldestKernel } from '../../distributions/kernels.ts'
import { compareVersions } from '../../distributions/kubernetes.ts'
import { listedKernels } from '../../distributions/sysctls/known.ts'
import { defaults } from '../defaults.ts'
import { isNodeRole } from '../schema.ts'
import type { KernelPackage, Profile, ProfileMachine } from '../schema.ts'
import type { Rule } from './rule.ts'

/** Kernels that are not the distribution's own: whether there is one, and whether the machines start with it. */
export const kernelRules: Rule = ({ profile }) => {
  const { name, version } = profile.distribution
  const distribution = findDistribution(name, version)
  if (!distribution) return []
  const found = new Map<string, Diagnostic>()
  // One message for each place that asks for it, however many machines it is for.
  for (const [index, machine] of profile.machines.entries()) {
    const choice = choiceOf(profile, machine, index)
    if (!choice || choice.name === 'distribution') continue
    for (const diagnostic of check(choice.name, choice.path, machine, profile, distribution)) {
      const key = `${diagnostic.code} ${choice.path.join('.')}`
      if (!found.has(key)) found.set(key, diagnostic)
    }
  }
  return [...found.values()]
}

type Choice = { name: KernelPackage; path: Path }

/** What the narrowest place says. */
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
    const message = `ELRepo builds kernels for the family of Red Hat, and ${title} is none of it`
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
    const message = `ELRepo builds no ${kernel.package} of ${title} for ${architecture}, which ${machine.name} has`
    return [error('kernel/no-package', message, { hint: 'remove package there', path, source })]
  }
  if ((machine.firmware ?? hardware?.firmware ?? defaults.firmware) === 'bios') return []
  return [
    warning(
      'kernel/secure-boot',
      `ELRepo does not sign its kernels: with Secure Boot, ${machine.name} would not start with one`,
      {
        hint: 'switch Secure Boot off in the firmware before the install (where it is on, the first boot stops before the reboot and says so), or remove package',
        path,
        source: 'https://elrepo.org/wiki/doku.php?id=secureboot',
      },
    ),
  ]
}

const chosen = (profile: Profile, machine: ProfileMachine, index: number): KernelPackage =>
  choiceOf(profile, machine, index)?.name ?? 'distribution'

/** Machines that run a kubelet, with their places in the profile. */
const nodesOf = ({ machines }: Profile): [ProfileMachine, number][] =>
  machines.flatMap((machine, index): [ProfileMachine, number][] =>
    isNodeRole(machine.role) ? [[machine, index]] : [],
  )

/** major.minor of the oldest kernel among the machines that run Kubernetes. */
export const oldestNodeKernel = (profile: Profile, distribution: Distribution): string =>
  oldestKernel(
    distribution,
    nodesOf(profile).map(([machine, index]) => chosen(profile, machine, index)),
  )

/** The kernels of a profile's machines. */
export type Kernels = {
  /** major.minor of each. */
  versions: readonly string[]
  /** Their makers add what later kernels have. */
  backports: boolean
  /** One of them is older than all whose settings hakube knows. */
  unlisted: boolean
  /** Of the distribution. */
  title: string
}

export function allKernels(profile: Profile, distribution: Distribution): Kernels {
  const packages = new Set(profile.machines.map((machine, index) => chosen(profile, machine, index)))
  const versions = [...packages].map((name) => oldestKernel(distribution, [name]))
  return {
    versions: [...new Set(versions)].toSorted(compareVersions),
    backports: distribution.family === 'rhel',
    unlisted: versions.some((version) => compareVersions(version, listedKernels[0]) < 0),
    title: distribution.title,
  }
}

/** Whether each machine that runs Kubernetes has a newer kernel than the distribution's. */
export function allNodesHaveNewerKernel(profile: Profile, distribution: Distribution): boolean {
  const nodes = nodesOf(profile)
  return (
    nodes.length > 0 &&
    nodes.every(([machine, index]) => newerKernelOf(distribution, chosen(profile, machine, index)) !== null)
  )
}
