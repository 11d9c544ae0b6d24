import { defaults } from '../profile/defaults.ts'
import type { CertificateNeed, ServerNeed } from './certificate-need.ts'
import { issueAll, issueServer, makeBasis, withCertificates } from './make.ts'
import { makeEncryptionKey } from './encryption-key.ts'
import { machineRecord, type Secrets } from './secrets.ts'
import type { SecretSources } from './sources.ts'

/** For trials; a month is longer than any. */
const certificateDays = 30

/**
 * Makes all secrets of a cluster in memory, for one run. Nothing keeps them: the next run has others, so whatever is rendered
 * from them is for looking at and for tests. `Secrets.ephemeral` says so to everything that writes output.
 *
 * @param needs the certificates of machines that are wanted
 * @param server what hakube's own server is reached by; without it there is no certificate for it
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
