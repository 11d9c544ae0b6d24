import type { Cluster } from '../cluster/cluster.ts'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { clusterOf } from './build.ts'
import type { Context } from './context.ts'
import { type Mistakes, printMistakes } from './report.ts'
import { loadAt } from './revision.ts'
import type { SecretsFinder } from './secrets/obtain.ts'

/** A profile at one revision, with its secrets. */
export type AtRevision = { loaded: LoadedProfile; cluster: Cluster }

/**
 * The cluster at one revision; its mistakes are printed. Warnings are for `check`.
 *
 * @param revision null for the work tree
 * @param refused begins the message, e.g. `cannot be compared`
 */
export async function clusterAt(
  file: string,
  revision: string | null,
  { context, findSecrets, refused }: { context: Context; findSecrets: SecretsFinder; refused: string },
): Promise<AtRevision | null> {
  const refuse = ({ loaded, diagnostics }: Mistakes): null => {
    const { stderr } = context
    stderr.write(`hakube: ${loaded?.file} ${refused}:\n`)
    stderr.write(printMistakes([{ loaded, diagnostics }], stderr.colour))
    return null
  }
  const loaded = await loadAt(file, revision, context)
  if (hasErrors(loaded.diagnostics)) return refuse({ loaded, diagnostics: loaded.diagnostics })
  const { secrets, diagnostics } = await findSecrets(loaded)
  if (!secrets) return refuse({ loaded, diagnostics })
  const cluster = clusterOf(loaded, secrets)
  if (!cluster) throw new Error(`${file} has errors`)
  return { loaded, cluster }
}
