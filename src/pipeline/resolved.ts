import { certificateNeeds, serverNeed } from '../cluster/certificate-needs.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { resolveWithoutSecrets } from '../cluster/resolve.ts'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { secretPolicy } from '../secrets/policy.ts'
import type { Wanted } from '../secrets/sync.ts'
import { bundleFile } from '../secrets/vault.ts'

/** A profile without errors: everything that is known without its secrets, and which secrets it needs. */
export type ResolvedProfile = {
  loaded: LoadedProfile
  cluster: Omit<Cluster, 'secrets'>
  wanted: Wanted
  /** Name of its secrets bundle. */
  file: string
}

/** @returns null when the profile has errors */
export function resolveLoaded(loaded: LoadedProfile): ResolvedProfile | null {
  const { profile } = loaded
  if (!profile || hasErrors(loaded.diagnostics)) return null
  const cluster = resolveWithoutSecrets(profile, loaded.sources)
  return {
    loaded,
    cluster,
    wanted: {
      needs: certificateNeeds(cluster),
      server: serverNeed(cluster),
      policy: secretPolicy(profile),
      encryption: cluster.kubernetes.encryptionAtRest !== null,
      enrolment: cluster.enrolment !== null,
      ownKeys: cluster.enrolment !== null,
    },
    file: bundleFile(loaded.file),
  }
}
