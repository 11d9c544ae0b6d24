import { X509Certificate } from 'node:crypto'
import { certifyLeaf } from './leaf.ts'
import type { MakePolicy } from './make.ts'
import type { KeyPair } from './secrets.ts'
import { readIssuer } from './sign.ts'
import type { SecretSources } from './sources.ts'

export type Administrator = { user: string; group: string; days: number }

/**
 * A client certificate for the API: user and group are common name and organization
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates). It is not stored, because a lost
 * one can be replaced by a new one.
 *
 * @param authority the Kubernetes CA
 */
export async function certifyAdministrator(
  { user, group, days }: Administrator,
  authority: KeyPair,
  sources: SecretSources,
  { keyBits }: Pick<MakePolicy, 'keyBits'>,
): Promise<KeyPair> {
  const serialNumber = sources.random(16)
  const { publicKey, privateKey } = await sources.rsaKeyPair(keyBits)
  const certificate = certifyLeaf(
    {
      commonName: user,
      organization: group,
      dnsNames: [],
      addresses: [],
      usages: ['client'],
      serialNumber,
      publicKey,
      now: sources.now(),
      days,
      notAfter: new Date(new X509Certificate(authority.certificate).validTo),
    },
    readIssuer(authority),
  )
  return { certificate, key: privateKey }
}
