import type { Cluster } from '../cluster/cluster.ts'
import { clusterOf } from '../pipeline/cluster.ts'
import { placeholderSecrets } from '../pipeline/secrets.ts'
import { type LoadedProfile, loadProfile } from '../profile/load.ts'
import type { Context } from './context.ts'
import { printMistakes } from './report.ts'

/**
 * The cluster of the first parameter, for commands that print no secrets: in their place stand placeholders.
 *
 * @returns null for a profile with errors, which are printed then
 */
export async function clusterWithoutSecrets({
  parameters,
  stderr,
}: Pick<Context, 'parameters' | 'stderr'>): Promise<{ loaded: LoadedProfile; cluster: Cluster } | null> {
  const loaded = await loadProfile(parameters[0] ?? '')
  const cluster = clusterOf(loaded, await placeholderSecrets(loaded))
  if (cluster) return { loaded, cluster }
  stderr.write(printMistakes([{ loaded, diagnostics: loaded.diagnostics }], stderr.colour))
  return null
}
