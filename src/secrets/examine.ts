import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { parseAddress } from '../network/addresses.ts'
import type { CertificateNeed, ServerNeed } from './certificate-need.ts'
import type { SecretPolicy } from './policy.ts'
import type { KeyPair } from './secrets.ts'

/** Why a certificate is not good. The last four depend on time or policy, not on the profile. */
export type Problem = {
  kind: 'missing' | 'contents' | 'authority' | 'key' | 'early' | 'expired' | 'expiring' | 'small-key'
  text: string
}

const day = 24 * 60 * 60_000
const date = (at: Date): string => at.toISOString().slice(0, 10)

/**
 * Compares a certificate with what is needed now.
 *
 * @param authority the required issuer; null: self-signed
 * @returns an empty list if it is good
 */
export function examine(
  pair: KeyPair | undefined | null,
  need: Omit<CertificateNeed, 'machine' | 'kind'> | ServerNeed,
  authority: X509Certificate | null,
  policy: Pick<SecretPolicy, 'keyBits' | 'warningDays'>,
  now: Date,
): Problem[] {
  if (!pair) return [{ kind: 'missing', text: 'it does not exist yet' }]
  const certificate = new X509Certificate(pair.certificate)
  return [
    ...compareContents(certificate, need),
    ...compareSigner(certificate, authority),
    ...compareKey(certificate, pair.key),
    ...compareAge(certificate, policy.warningDays, now).filter(
      ({ kind }) => kind === 'early' || !endsWith(certificate, authority),
    ),
    ...compareSize(certificate, policy.keyBits),
  ]
}

/** A new certificate would expire at the same time, so it is the CA that has to be reported. */
const endsWith = (certificate: X509Certificate, authority: X509Certificate | null): boolean =>
  authority !== null && certificate.validTo === authority.validTo

/** The same for a CA, which has no needs to be compared with. */
export const examineAuthority = (
  pair: KeyPair,
  policy: Pick<SecretPolicy, 'keyBits' | 'warningDays'>,
  now: Date,
): Problem[] => {
  const certificate = new X509Certificate(pair.certificate)
  return [
    ...compareKey(certificate, pair.key),
    ...compareAge(certificate, policy.warningDays, now),
    ...compareSize(certificate, policy.keyBits),
  ]
}

function compareContents(
  certificate: X509Certificate,
  need: Omit<CertificateNeed, 'machine' | 'kind'>,
): Problem[] {
  const { organization } = need
  const lines = [...(organization === undefined ? [] : [`O=${organization}`]), `CN=${need.commonName}`]
  const problems: Problem[] = []
  const compare = (what: string, has: readonly string[], wanted: readonly string[]): void => {
    const text = differences(has, wanted)
    if (text !== null) problems.push({ kind: 'contents', text: `${what}: ${text}` })
  }
  const { names, addresses } = alternativeNames(certificate)
  compare('subject', certificate.subject.split('\n'), lines)
  compare('names', names, need.dnsNames)
  compare('addresses', addresses, need.addresses)
  compare('usages', usagesOf(certificate), need.usages)
  return problems
}

function differences(has: readonly string[], wanted: readonly string[]): string | null {
  const missing = wanted.filter((each) => !has.includes(each))
  const extra = has.filter((each) => !wanted.includes(each))
  if (missing.length + extra.length === 0) return null
  return [
    ...(missing.length > 0 ? [`${missing.join(', ')} is missing`] : []),
    ...(extra.length > 0 ? [`${extra.join(', ')} is no longer needed`] : []),
  ].join('; ')
}

/** As OpenSSL prints them: `DNS:localhost, IP Address:0:0:0:0:0:0:0:1`. */
export function alternativeNames(certificate: X509Certificate): { names: string[]; addresses: string[] } {
  const entries = (certificate.subjectAltName ?? '').split(', ').filter((entry) => entry !== '')
  const of = (prefix: string) =>
    entries.filter((entry) => entry.startsWith(prefix)).map((entry) => entry.slice(prefix.length))
  return { names: of('DNS:'), addresses: of('IP Address:').map((text) => parseAddress(text)?.text ?? text) }
}

/** Object identifiers of RFC 5280, 4.2.1.12. */
const usageNames = new Map([
  ['1.3.6.1.5.5.7.3.1', 'server'],
  ['1.3.6.1.5.5.7.3.2', 'client'],
])

/** Extended key usages, which Node calls keyUsage. */
export const usagesOf = (certificate: X509Certificate): string[] => {
  // The type says that it is always present, but it is undefined if there are none.
  const usages: readonly string[] | undefined = certificate.keyUsage
  return (usages ?? []).map((usage) => usageNames.get(usage) ?? usage)
}

function compareSigner(certificate: X509Certificate, authority: X509Certificate | null): Problem[] {
  const signer = authority ?? certificate
  return certificate.checkIssued(signer) && certificate.verify(signer.publicKey)
    ? []
    : [{ kind: 'authority', text: 'its CA has been replaced' }]
}

function compareKey(certificate: X509Certificate, key: string): Problem[] {
  try {
    if (createPublicKey(createPrivateKey(key)).equals(certificate.publicKey)) return []
  } catch {
    // Not a key.
  }
  return [{ kind: 'key', text: 'its key belongs to another certificate' }]
}

function compareAge(certificate: X509Certificate, warningDays: number, now: Date): Problem[] {
  const end = new Date(certificate.validTo)
  const start = new Date(certificate.validFrom)
  if (start > now)
    return [{ kind: 'early', text: `it is not valid before ${date(start)}, by the clock of this computer` }]
  const left = end.getTime() - now.getTime()
  if (left <= 0) return [{ kind: 'expired', text: `it expired on ${date(end)}` }]
  if (left <= warningDays * day) return [{ kind: 'expiring', text: `it expires on ${date(end)}` }]
  return []
}

function compareSize(certificate: X509Certificate, keyBits: number): Problem[] {
  const { modulusLength } = certificate.publicKey.asymmetricKeyDetails ?? {}
  return modulusLength !== undefined && modulusLength < keyBits
    ? [{ kind: 'small-key', text: `its key has ${modulusLength} bits, but the profile requires ${keyBits}` }]
    : []
}
