import type { ProfileReference } from '../pipeline/load.ts'
import { open, type Opened, type OpenedCluster, openLoaded } from '../pipeline/open.ts'
import type { SecretsSource } from '../pipeline/secrets.ts'
import type { LoadedProfile } from '../profile/load.ts'
import type { Context } from './context.ts'
import { printMistakes } from './report.ts'

/**
 * The profile as versions of hakube rendered it whose default was to deliver secrets in the seeds.
 *
 * @returns null if the profile sets the delivery, or if its bundle has the CAs for enrolment
 */
function beforeEnrolment({ loaded, diagnostics }: Opened): LoadedProfile | null {
  const { profile } = loaded
  if (!profile || profile.secrets?.delivery !== undefined) return null
  if (!diagnostics.some(({ code }) => code === 'secrets/enrolment')) return null
  return { ...loaded, profile: { ...profile, secrets: { ...profile.secrets, delivery: 'inline' } } }
}

/**
 * The cluster at one revision. Prints the errors of the profile; warnings are left to `check`.
 *
 * @param refused the start of the message, e.g. `cannot be compared`
 * @param earlier whether machines have this revision already: then a bundle without the CAs for enrolment shows that they did not enrol
 */
export async function clusterAt(
  reference: ProfileReference,
  {
    context,
    secrets,
    refused,
    earlier = false,
  }: { context: Context; secrets: SecretsSource; refused: string; earlier?: boolean },
): Promise<OpenedCluster | null> {
  const { environment, signals, stderr } = context
  const means = { secrets, environment, stop: signals.stop }
  const opened = await open(reference, means)
  const { loaded, cluster, diagnostics } = opened
  if (cluster) return { loaded, cluster }
  const before = earlier ? beforeEnrolment(opened) : null
  const inline = before && (await openLoaded(before, means)).cluster
  if (before && inline) return { loaded: before, cluster: inline }
  stderr.write(`hakube: ${loaded.file} ${refused}:\n`)
  stderr.write(printMistakes([{ loaded, diagnostics }], stderr.colour))
  return null
}
