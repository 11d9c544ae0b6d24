import { refusal } from '../diagnostics/refusal.ts'
import { X509Certificate } from 'node:crypto'
import type { Bundle } from './bundle.ts'
import {
  type CertificateKind,
  certificateKinds,
  type CertificateNeed,
  type ServerNeed,
} from './certificate-need.ts'
import { makeEncryptionKey } from './encryption-key.ts'
import { examine, examineAuthority, type Problem } from './examine.ts'
import {
  type AuthorityName,
  authorityNames,
  issueAll,
  issueServer,
  makeEnrolment,
  withCertificates,
} from './make.ts'
import type { SecretPolicy } from './policy.ts'
import { machineRecord, type MachineCertificates, type Secrets } from './secrets.ts'
import type { SecretSources } from './sources.ts'

/** What a cluster needs according to its current profile. */
export type Wanted = {
  needs: readonly CertificateNeed[]
  server: ServerNeed
  policy: SecretPolicy
  /** Objects in etcd are encrypted, so rendering needs a key. A bundle always gets one. */
  encryption: boolean
  /** Machines enrol to get their secrets, so hakube's server needs its own CAs. */
  enrolment: boolean
  /**
   * Machines make the keys themselves that only they use: such certificates are not missing in the bundle. Those that an older bundle
   * holds are used, and kept up to date.
   */
  ownKeys: boolean
}

/** The difference between a bundle and what is needed. */
export type SyncPlan = {
  /** Machines' certificates to make, with the reasons. */
  certificates: readonly { need: CertificateNeed; problems: readonly Problem[] }[]
  /** Why the server's certificate has to be made; empty if it is good. */
  server: readonly Problem[]
  /** Whether there is a key that encrypts objects in etcd: `needed` if the profile requires it. */
  encryptionKey: 'there' | 'missing' | 'needed'
  /** Whether the CAs of enrolment exist. */
  enrolment: 'there' | 'needed' | 'unneeded'
  /** Problems of CAs, which sync does not change: a new CA affects the whole cluster. */
  authorities: readonly { name: AuthorityName; problems: readonly Problem[] }[]
  /** In the bundle, but no machine needs them. */
  unused: readonly { machine: string; kind: CertificateKind }[]
  /** How the recipients in the profile differ from those of the bundle, if the profile lists any. */
  recipients: { add: readonly string[]; remove: readonly string[] } | null
}

/** Only compares. */
export function planSync(
  { secrets, recipients }: Bundle,
  { needs, server, policy, encryption, enrolment, ownKeys }: Wanted,
  now: Date,
): SyncPlan {
  const authority = new X509Certificate(secrets.authorities.etcd.certificate)
  const certificates = needs.flatMap((need) => {
    const pair = secrets.machines[need.machine]?.[need.kind]
    if (!pair && ownKeys) return []
    const problems = examine(pair, need, authority, policy, now)
    return problems.length > 0 ? [{ need, problems }] : []
  })
  const wanted = policy.recipients
  return {
    certificates,
    server: examine(
      secrets.server,
      server,
      secrets.enrolment && new X509Certificate(secrets.enrolment.serverAuthority.certificate),
      policy,
      now,
    ),
    enrolment: secrets.enrolment ? 'there' : enrolment ? 'needed' : 'unneeded',
    encryptionKey: secrets.encryptionKeys.length > 0 ? 'there' : encryption ? 'needed' : 'missing',
    authorities: authorityNames.flatMap((name) => {
      const problems = examineAuthority(secrets.authorities[name], policy, now)
      return problems.length > 0 ? [{ name, problems }] : []
    }),
    unused: findUnused(secrets.machines, needs),
    recipients: wanted && compareRecipients(recipients, wanted),
  }
}

/** Whether sync has to write anything. Unused certificates count only if they are pruned. */
export const hasWork = (plan: SyncPlan, prune = false): boolean =>
  plan.certificates.length > 0 ||
  plan.server.length > 0 ||
  plan.encryptionKey !== 'there' ||
  plan.enrolment === 'needed' ||
  plan.recipients !== null ||
  (prune && plan.unused.length > 0)

export type ApplyOptions = {
  /** Called after each key. */
  made?: () => void
  /** Removes what no machine needs. */
  prune?: boolean
}

/**
 * Carries out a plan; everything else stays the same, byte for byte.
 *
 * @throws Refusal when the CA that has to sign has expired
 */
export async function applySync(
  bundle: Bundle,
  plan: SyncPlan,
  { server, policy }: Wanted,
  sources: SecretSources,
  { made = () => undefined, prune = false }: ApplyOptions = {},
): Promise<Bundle> {
  const { secrets } = bundle
  assertSigner(plan)
  const needs = plan.certificates.map(({ need }) => need)
  const making = issueAll(needs, secrets.authorities.etcd, sources, policy, made)
  const isNew = plan.enrolment === 'needed'
  const enrolling = isNew ? makeEnrolment(sources, policy) : secrets.enrolment
  const serving = Promise.resolve(enrolling).then((authorities) =>
    // A certificate from a CA other than that in the seeds would be useless.
    plan.server.length > 0 || isNew
      ? issueServer(server, sources, policy, authorities?.serverAuthority)
      : secrets.server,
  )
  const [issued, own, enrolment] = await Promise.all([making, serving, enrolling])
  if (plan.server.length > 0) made()
  const machines = withCertificates(secrets.machines, issued)
  const encryptionKeys =
    plan.encryptionKey === 'there' ? secrets.encryptionKeys : [makeEncryptionKey(sources)]
  return {
    ...bundle,
    recipients: plan.recipients && policy.recipients ? policy.recipients : bundle.recipients,
    secrets: {
      ...secrets,
      encryptionKeys,
      server: own,
      enrolment,
      machines: prune ? without(machines, plan.unused) : machines,
    },
  }
}

/** Certificates of an expired CA are expired as well. */
function assertSigner({ certificates, authorities }: SyncPlan): void {
  const signer = authorities.find(({ name }) => name === 'etcd')
  const problem = signer?.problems.find(({ kind }) => kind === 'expired')
  if (problem && certificates.length > 0)
    throw refusal('secrets/authority', `authority/etcd can no longer sign certificates: ${problem.text}`, {
      hint: 'replace it with hakube secrets rotate PROFILE authority/etcd; docs/secrets.md says what that requires on a running cluster',
    })
}

function findUnused(machines: Secrets['machines'], needs: readonly CertificateNeed[]): SyncPlan['unused'] {
  const needed = new Set(needs.map(({ machine, kind }) => `${machine} ${kind}`))
  return Object.entries(machines).flatMap(([machine, certificates]) =>
    certificateKinds
      .filter((kind) => certificates[kind] !== undefined && !needed.has(`${machine} ${kind}`))
      .map((kind) => ({ machine, kind })),
  )
}

function without(machines: Secrets['machines'], unused: SyncPlan['unused']): Secrets['machines'] {
  const gone = new Set(unused.map(({ machine, kind }) => `${machine} ${kind}`))
  const entries = Object.entries(machines).flatMap(([machine, certificates]) => {
    const kept: Partial<MachineCertificates> = Object.fromEntries(
      Object.entries(certificates).filter(([kind]) => !gone.has(`${machine} ${kind}`)),
    )
    return Object.keys(kept).length > 0 ? [[machine, kept] as const] : []
  })
  return machineRecord(entries)
}

function compareRecipients(has: readonly string[], wanted: readonly string[]): SyncPlan['recipients'] {
  const add = wanted.filter((each) => !has.includes(each))
  const remove = has.filter((each) => !wanted.includes(each))
  return add.length + remove.length > 0 ? { add, remove } : null
}
