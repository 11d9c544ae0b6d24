import { compareVersions } from '../../text/versions.ts'
import { keysInCommon } from './aliases.ts'
import { ipKeys } from './keys-ip.ts'
import { netKeys } from './keys-net.ts'
import { otherKeys } from './keys-others.ts'
import { systemKeys } from './keys-system.ts'
import { type KnownSysctl, readSysctlNames } from './names.ts'

export type { KnownSysctl, SysctlNumbers } from './names.ts'

/** The kernel versions that the lists are from. Older ones may have more keys. */
export const listedKernels = ['5.10', '6.1', '6.12', '7.2'] as const

const all: readonly KnownSysctl[] = [systemKeys, ipKeys, netKeys, otherKeys].flatMap((names) =>
  readSysctlNames(names),
)
const byKey = new Map(all.map((known) => [known.key, known]))
/** All kernel settings that hakube knows. */
export const knownSysctls: readonly KnownSysctl[] = all

/** @param key with dots; it may contain patterns */
export function findSysctls(key: string): KnownSysctl[] {
  const exact = byKey.get(key)
  if (exact) return [exact]
  if (/[*?[]/.test(key)) return all.filter((known) => keysInCommon(key, known.key))
  const parts = key.split('.')
  return parts.flatMap((_, index) => byKey.get(parts.with(index, '*').join('.')) ?? [])
}

/** Whether a kernel has a key; null if the lists do not tell. `backports`: its vendor adds keys of later versions. */
export function hasSysctl({ first, last }: KnownSysctl, kernel: string, backports: boolean): boolean | null {
  const after = last === null ? undefined : listedKernels.find((listed) => compareVersions(listed, last) > 0)
  if (last !== null && compareVersions(kernel, last) > 0) {
    const isListed = listedKernels.some((listed) => listed === last)
    if (!isListed || (after !== undefined && compareVersions(kernel, after) >= 0)) return false
    return null
  }
  const before =
    first === null ? undefined : listedKernels.findLast((listed) => compareVersions(listed, first) < 0)
  if (before !== undefined && compareVersions(kernel, before) <= 0) return backports ? null : false
  return compareVersions(kernel, first ?? listedKernels[0]) < 0 ? null : true
}
