import type { Cluster } from '../cluster/cluster.ts'
import { clusterOf } from '../pipeline/cluster.ts'
import { loadAt } from '../pipeline/load.ts'
import { placeholderSecrets } from '../pipeline/secrets.ts'
import type { LoadedProfile } from '../profile/load.ts'
import type { Context } from './context.ts'
import { printMistakes } from './report.ts'

/**
 * The cluster of the first parameter, with placeholders for secrets: for commands that print none.
 *
 * @param revision a commit; without it, the working tree
 * @returns null for a profile with errors, after printing them
 */
export async function clusterWithoutSecrets(
  { parameters, stderr, environment }: Pick<Context, 'parameters' | 'stderr' | 'environment'>,
  revision: string | null = null,
): Promise<{ loaded: LoadedProfile; cluster: Cluster } | null> {
  const loaded = await loadAt({ profile: parameters[0] ?? '', revision }, environment)
  const cluster = clusterOf(loaded, await placeholderSecrets(loaded))
  if (cluster) return { loaded, cluster }
  stderr.write(printMistakes([{ loaded, diagnostics: loaded.diagnostics }], stderr.colour))
  return null
}
