import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import forge from 'node-forge'
import type { CertificateNeed } from './certificate-need.ts'
import { type Issuer, placeholder, positiveInteger, signCertificate } from './sign.ts'

const { asn1 } = forge

export type LeafRequest = Pick<
  CertificateNeed,
  'commonName' | 'organization' | 'dnsNames' | 'addresses' | 'usages'
> & {
  /** Random bytes. */
  serialNumber: Buffer
  /** PEM. */
  publicKey: string
  now: Date
  /** Default: five minutes ago. */
  notBefore?: Date
  days: number
  /** Not later than the end of its issuer. */
  notAfter: Date
}

const minute = 60_000
const day = 24 * 60 * minute

/**
 * A certificate of a machine, with the usages of kubeadm's certificates (NewSignedCert in cmd/kubeadm/app/util/pkiutil/pki_helpers.go of
 * kubernetes/kubernetes): digitalSignature and keyEncipherment, critical; not a CA. It starts five minutes ago, because the clocks of
 * machines differ.
 *
 * @returns PEM
 */
export function certifyLeaf(request: LeafRequest, issuer: Issuer): string {
  const { commonName, organization, now } = request
  const certificate = forge.pki.createCertificate()
  const key = createPublicKey(request.publicKey)
  certificate.publicKey = placeholder
  certificate.serialNumber = positiveInteger(request.serialNumber)
  certificate.validity.notBefore = request.notBefore ?? new Date(now.getTime() - 5 * minute)
  certificate.validity.notAfter = new Date(
    Math.min(now.getTime() + request.days * day, request.notAfter.getTime()),
  )
  const subject = [{ name: 'commonName', value: commonName }]
  if (organization !== undefined) subject.unshift({ name: 'organizationName', value: organization })
  certificate.setSubject(subject)
  certificate.setIssuer(subject)
  certificate.setExtensions([
    // With this extension, clients would accept a self-signed certificate as a trust anchor only if it is a CA.
    ...(issuer.subject === null
      ? []
      : [{ name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true }]),
    {
      name: 'extKeyUsage',
      serverAuth: request.usages.includes('server'),
      clientAuth: request.usages.includes('client'),
    },
    { name: 'basicConstraints', critical: true, cA: false },
    keyIdentifierOf(key),
    ...(issuer.keyIdentifier === null
      ? []
      : [{ name: 'authorityKeyIdentifier', keyIdentifier: issuer.keyIdentifier }]),
    ...alternativeNames(request),
  ])
  return signCertificate(certificate, issuer, key)
}

/** Length of an uncompressed point of P-256 (RFC 5480, section 2.2). */
const pointLength = 65

/** The SHA-1 of the key alone (RFC 5280, 4.2.1.2), which forge can only compute of RSA keys. */
function keyIdentifierOf(key: KeyObject): object {
  const bytes =
    key.asymmetricKeyType === 'rsa'
      ? key.export({ type: 'pkcs1', format: 'der' })
      : key.export({ type: 'spki', format: 'der' }).subarray(-pointLength)
  const digest = createHash('sha1').update(bytes).digest().toString('latin1')
  const value = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OCTETSTRING, false, digest)
  return { id: forge.pki.oids['subjectKeyIdentifier'], value: asn1.toDer(value).getBytes() }
}

/** The issuer of a self-signed certificate. */
export const selfIssuer = (key: string): Issuer => ({
  key: createPrivateKey(key),
  subject: null,
  keyIdentifier: null,
})

/** Choice numbers of GeneralName (RFC 5280, 4.2.1.6). */
const dnsName = 2
const ipAddress = 7

const alternativeNames = ({ dnsNames, addresses }: LeafRequest): object[] =>
  dnsNames.length + addresses.length === 0
    ? []
    : [
        {
          name: 'subjectAltName',
          altNames: [
            ...dnsNames.map((value) => ({ type: dnsName, value })),
            ...addresses.map((ip) => ({ type: ipAddress, ip })),
          ],
        },
      ]
