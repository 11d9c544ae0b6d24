import type { ProfileReference } from '../pipeline/load.ts'
import { open, type OpenedCluster } from '../pipeline/open.ts'
import type { SecretsSource } from '../pipeline/secrets.ts'
import type { Context } from './context.ts'
import { printMistakes } from './report.ts'

/**
 * The cluster at one revision. Prints the errors of the profile; warnings are left to `check`.
 *
 * @param refused the start of the message, e.g. `cannot be compared`
 */
export async function clusterAt(
  reference: ProfileReference,
  { context, secrets, refused }: { context: Context; secrets: SecretsSource; refused: string },
): Promise<OpenedCluster | null> {
  const { environment, signals, stderr } = context
  const { loaded, cluster, diagnostics } = await open(reference, { secrets, environment, stop: signals.stop })
  if (cluster) return { loaded, cluster }
  stderr.write(`hakube: ${loaded.file} ${refused}:\n`)
  stderr.write(printMistakes([{ loaded, diagnostics }], stderr.colour))
  return null
}
