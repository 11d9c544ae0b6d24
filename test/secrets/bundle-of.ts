import { certificateNeeds, serverNeed } from '../../src/cluster/certificate-needs.ts'
import { resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import type { Profile } from '../../src/profile/schema.ts'
import type { Bundle } from '../../src/secrets/bundle.ts'
import { secretPolicy } from '../../src/secrets/policy.ts'
import type { SecretSources } from '../../src/secrets/sources.ts'
import type { Wanted } from '../../src/secrets/sync.ts'
import { secretsFor, testSources } from '../example.ts'

export const recipient = 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z'

export function wantedOf(profile: Profile): Wanted {
  const cluster = resolveWithoutSecrets(profile, new Map())
  return {
    needs: certificateNeeds(cluster),
    server: serverNeed(cluster),
    policy: secretPolicy(profile),
    encryption: cluster.kubernetes.encryptionAtRest !== null,
    enrolment: cluster.enrolment !== null,
    ownKeys: cluster.enrolment !== null,
  }
}

/** What `secrets init` would make, from the sources of the tests; the certificates are valid for 30 days. */
export async function bundleOf(profile: Profile, sources: SecretSources = testSources()): Promise<Bundle> {
  const secrets = await secretsFor(resolveWithoutSecrets(profile, new Map()), sources)
  return { cluster: profile.name, recipients: [recipient], secrets: { ...secrets, ephemeral: false } }
}

/** The keys of the tests that come last, for what is made after a bundle; at another time. */
export function laterSources(now: Date): SecretSources {
  const sources = testSources()
  let skipped: Promise<unknown> = Promise.resolve()
  for (let key = 0; key < 20; key++) skipped = sources.rsaKeyPair(2048)
  void skipped
  return { ...sources, now: () => now }
}
