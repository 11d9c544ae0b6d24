import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Cluster } from '../cluster/cluster.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Environment } from '../files/find-program.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { clusterOf } from './cluster.ts'
import { loadAt, type ProfileReference } from './load.ts'
import { resolveLoaded } from './resolved.ts'
import type { SecretsSource } from './secrets.ts'

/** What it takes to open a profile, beside its name. */
export type Means = {
  secrets: SecretsSource
  /** Where git is found. */
  environment: Environment
  /** Ends what takes long: making keys, rendering. */
  stop: AbortSignal
}

/** A profile with what came of it. */
export type Opened = {
  loaded: LoadedProfile
  /** Null when an error keeps it from being. */
  cluster: Cluster | null
  /** Of the profile and of its secrets. */
  diagnostics: readonly Diagnostic[]
}

/** A profile and its cluster, once there is one. */
export type OpenedCluster = { loaded: LoadedProfile; cluster: Cluster }

/**
 * From the name of a profile to its cluster.
 *
 * @returns all mistakes as diagnostics
 * @throws the reason of `stop` once it is aborted
 */
export async function open(reference: ProfileReference, means: Means): Promise<Opened> {
  const loaded = await loadAt(reference, means.environment)
  const { cluster, diagnostics } = await openLoaded(loaded, means)
  return { loaded, cluster, diagnostics: [...loaded.diagnostics, ...diagnostics] }
}

/**
 * From a profile that is read already to its cluster.
 *
 * @returns diagnostics of its secrets; nothing is looked for when the profile has errors
 */
export async function openLoaded(
  loaded: LoadedProfile,
  { secrets: source, stop }: Pick<Means, 'secrets' | 'stop'>,
): Promise<Omit<Opened, 'loaded'>> {
  const resolved = resolveLoaded(loaded)
  if (!resolved) return { cluster: null, diagnostics: [] }
  // Each of these takes a while for a large rack; a server answers requests between them.
  await nextTurn()
  const { secrets, diagnostics } = await source(resolved, stop)
  await nextTurn()
  return { cluster: secrets && clusterOf(loaded, secrets), diagnostics }
}
