import { compareVersions } from '../../text/versions.ts'
import { featureGateNames } from './gates.ts'
import { type KnownGate, readGates } from './names.ts'

export type { KnownGate } from './names.ts'

/** Every feature gate by name, except `AllAlpha` and `AllBeta`, which every release has. */
export const knownGates: ReadonlyMap<string, KnownGate> = readGates(featureGateNames)

/** The last release whose gates are known. Later ones may have more. */
export const lastMinorOfGates = '1.36'

/** Whether a release has a gate. */
export const hasGate = ({ first, last }: KnownGate, minor: string): boolean =>
  (first === null || compareVersions(minor, first) >= 0) &&
  (last === null || compareVersions(minor, last) <= 0)

/** The only value that a release accepts; null: both. */
export const lockedValue = ({ locked }: KnownGate, minor: string): boolean | null =>
  locked !== null && (locked.from === null || compareVersions(minor, locked.from) >= 0) ? locked.value : null

/** The names of the gates in a release. */
export const gatesOf = (minor: string): string[] =>
  [...knownGates].filter(([, gate]) => hasGate(gate, minor)).map(([name]) => name)
