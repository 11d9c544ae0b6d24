import { defaults } from '../profile/defaults.ts'
import type { CertificateNeed, ServerNeed } from './certificate-need.ts'
import { issueAll, issueServer, makeBasis, withCertificates } from './make.ts'
import { makeEncryptionKey } from './encryption-key.ts'
import { machineRecord, type Secrets } from './secrets.ts'
import type { SecretSources } from './sources.ts'

/** Long enough for any trial. */
const certificateDays = 30

/**
 * Makes all secrets of a cluster in memory, for one run. They are not stored, so the next run has others, and the output is for
 * inspection and tests only. `Secrets.ephemeral` tells everything that writes output.
 *
 * @param needs the machines' certificates to make
 * @param server names of hakube's own server; without it, no certificate is made for it
 */
export async function ephemeralSecrets(
  sources: SecretSources,
  needs: readonly CertificateNeed[] = [],
  server: ServerNeed | null = null,
): Promise<Secrets> {
  const policy = { keyBits: defaults.keyBits, certificateDays }
  const basis = await makeBasis(sources, policy)
  const [machines, own] = await Promise.all([
    issueAll(needs, basis.authorities.etcd, sources, policy),
    server && issueServer(server, sources, policy),
  ])
  return {
    ephemeral: true,
    ...basis,
    encryptionKeys: [makeEncryptionKey(sources)],
    machines: withCertificates(machineRecord(), machines),
    server: own,
    enrolment: null,
  }
}
