import { type KeyObject, randomBytes } from 'node:crypto'
import type { CertificateNeed } from './certificate-need.ts'
import { certifyLeaf } from './leaf.ts'
import { type MakePolicy, usesP256 } from './make.ts'
import type { Issuer } from './sign.ts'

/** Whether a machine has made the key that the profile asks for: other types and smaller keys are refused. */
export function isWantedKey(
  key: KeyObject,
  need: CertificateNeed,
  policy: Pick<MakePolicy, 'keyBits'>,
): boolean {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  return usesP256(need, policy)
    ? key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1'
    : key.asymmetricKeyType === 'rsa' && modulusLength >= policy.keyBits
}

/** What `isWantedKey` asks for, in words. */
export const wantedKeyWords = (need: CertificateNeed, policy: Pick<MakePolicy, 'keyBits'>): string =>
  usesP256(need, policy) ? 'a P-256 key' : `an RSA key with ${policy.keyBits} bits`

/**
 * The certificate for a key that a machine made itself. Everything in it but the key is from the profile.
 *
 * @param notAfter the end of its issuer
 * @returns PEM
 */
export const certifyOwn = (
  publicKey: KeyObject,
  need: CertificateNeed,
  { certificateDays }: Pick<MakePolicy, 'certificateDays'>,
  { issuer, notAfter, now }: { issuer: Issuer; notAfter: Date; now: Date },
): string =>
  certifyLeaf(
    {
      ...need,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      serialNumber: randomBytes(16),
      days: certificateDays,
      now,
      notAfter,
    },
    issuer,
  )
