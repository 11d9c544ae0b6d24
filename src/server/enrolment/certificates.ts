import { type KeyObject, X509Certificate } from 'node:crypto'
import { TLSSocket } from 'node:tls'
import type { KeyPair } from '../../secrets/secrets.ts'
import { type Issuer, readIssuer } from '../../secrets/sign.ts'
import { fingerprintOf } from '../../secrets/signing-request.ts'
import type { Exchange } from '../exchange.ts'
import type { Enrolling } from '../served-site.ts'

/* The CA of the machines: issues their certificates and recognizes them. */

type Signer = { issuer: Issuer; publicKey: KeyObject; notAfter: Date }
const signers = new WeakMap<KeyPair, Signer>()

/** The key and certificate of the CA, parsed once. */
export function signerOf(authority: KeyPair): Signer {
  const known = signers.get(authority)
  if (known) return known
  const { publicKey, validTo } = new X509Certificate(authority.certificate)
  const signer = { issuer: readIssuer(authority), publicKey, notAfter: new Date(validTo) }
  signers.set(authority, signer)
  return signer
}

/**
 * The fingerprint of the key with which a connection authenticated, if its certificate is ours; otherwise null. TLS has checked it only
 * against the CA of that time: the connection may be older than the site.
 */
export function keyOf({ request: { socket } }: Exchange, { machineAuthority }: Enrolling): string | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null
  const certificate = socket.getPeerX509Certificate()
  if (!certificate?.verify(signerOf(machineAuthority).publicKey)) return null
  return fingerprintOf(certificate.publicKey)
}
