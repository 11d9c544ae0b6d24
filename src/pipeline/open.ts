import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Cluster } from '../cluster/cluster.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Environment } from '../files/find-program.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { clusterOf } from './cluster.ts'
import { loadAt, type ProfileReference } from './load.ts'
import { resolveLoaded } from './resolved.ts'
import type { SecretsSource } from './secrets.ts'

/** What opening a profile needs, in addition to its name. */
export type Means = {
  secrets: SecretsSource
  /** Where to find git. */
  environment: Environment
  /** Ends long operations: making keys, rendering. */
  stop: AbortSignal
}

/** A profile and the result of opening it. */
export type Opened = {
  loaded: LoadedProfile
  /** Null if an error prevents it. */
  cluster: Cluster | null
  /** Of the profile and its secrets. */
  diagnostics: readonly Diagnostic[]
}

/** A profile with its cluster. */
export type OpenedCluster = { loaded: LoadedProfile; cluster: Cluster }

/**
 * Opens a profile.
 *
 * @returns its cluster, and all mistakes as diagnostics
 * @throws the reason of `stop` once it is aborted
 */
export async function open(reference: ProfileReference, means: Means): Promise<Opened> {
  const loaded = await loadAt(reference, means.environment)
  const { cluster, diagnostics } = await openLoaded(loaded, means)
  return { loaded, cluster, diagnostics: [...loaded.diagnostics, ...diagnostics] }
}

/**
 * The same for a profile that was already read.
 *
 * @returns the diagnostics of its secrets, which are looked for only if the profile has no errors
 */
export async function openLoaded(
  loaded: LoadedProfile,
  { secrets: source, stop }: Pick<Means, 'secrets' | 'stop'>,
): Promise<Omit<Opened, 'loaded'>> {
  const resolved = resolveLoaded(loaded)
  if (!resolved) return { cluster: null, diagnostics: [] }
  // Each of these takes a while for a large rack, so a server answers requests in between.
  await nextTurn()
  const { secrets, diagnostics } = await source(resolved, stop)
  await nextTurn()
  return { cluster: secrets && clusterOf(loaded, secrets), diagnostics }
}
