import type { Distribution, NewerKernel } from './distribution.ts'
import { compareVersions } from '../text/versions.ts'

/** What `kernel.package` of a profile can be. */
type KernelPackageName = 'distribution' | 'elrepo-lt' | 'elrepo-ml'

/** @returns null for the distribution's own, and where there is none of that name */
export const newerKernelOf = (
  { newerKernels }: Distribution,
  name: KernelPackageName | null,
): NewerKernel | null => (name === null || name === 'distribution' ? null : (newerKernels?.[name] ?? null))

/** major.minor of the oldest kernel among machines, each with the kernel package that its profile asks for. */
export function oldestKernel(distribution: Distribution, names: Iterable<KernelPackageName | null>): string {
  const versions = [...new Set(names)].map(
    (name) => newerKernelOf(distribution, name)?.version ?? distribution.kernel,
  )
  return versions.toSorted(compareVersions)[0] ?? distribution.kernel
}
