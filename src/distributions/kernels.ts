import type { Distribution, NewerKernel } from './distribution.ts'
import { compareVersions } from '../text/versions.ts'

/** The values of `kernel.package` in a profile. */
type KernelPackageName = 'distribution' | 'elrepo-lt' | 'elrepo-ml'

/** @returns null for the distribution's own kernel, and if there is none of that name */
export const newerKernelOf = (
  { newerKernels }: Distribution,
  name: KernelPackageName | null,
): NewerKernel | null => (name === null || name === 'distribution' ? null : (newerKernels?.[name] ?? null))

/** major.minor of the oldest kernel among machines, given their kernel packages. */
export function oldestKernel(distribution: Distribution, names: Iterable<KernelPackageName | null>): string {
  const versions = [...new Set(names)].map(
    (name) => newerKernelOf(distribution, name)?.version ?? distribution.kernel,
  )
  return versions.toSorted(compareVersions)[0] ?? distribution.kernel
}
