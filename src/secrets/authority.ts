import forge from 'node-forge'
import { selfIssuer } from './leaf.ts'
import { positiveInteger, signCertificate } from './sign.ts'

export type AuthorityRequest = {
  commonName: string
  /** Random bytes. */
  serialNumber: Buffer
  /** PEM. */
  publicKey: string
  /** PEM. */
  privateKey: string
  now: Date
  /** Default: five minutes ago. */
  notBefore?: Date
}

const minute = 60_000
const yearsValid = 10

/**
 * A self-signed CA like kubeadm's own: subject, name and usages as NewSelfSignedCACert makes them (kubernetes/kubernetes,
 * staging/src/k8s.io/client-go/util/cert/cert.go), valid for ten years (`caCertificateValidityPeriod: 87600h`). It starts five minutes
 * ago, because the clocks of machines differ (CertificateBackdate in cmd/kubeadm/app/constants/constants.go).
 *
 * @returns PEM
 */
export function certifyAuthority(request: AuthorityRequest): string {
  const { commonName, now } = request
  const subject = [{ name: 'commonName', value: commonName }]
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(request.publicKey)
  certificate.serialNumber = positiveInteger(request.serialNumber)
  certificate.validity.notBefore = request.notBefore ?? new Date(now.getTime() - 5 * minute)
  certificate.validity.notAfter = new Date(now)
  certificate.validity.notAfter.setUTCFullYear(now.getUTCFullYear() + yearsValid)
  certificate.setSubject(subject)
  certificate.setIssuer(subject)
  certificate.setExtensions([
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true, keyCertSign: true },
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'subjectKeyIdentifier' },
    { name: 'subjectAltName', altNames: [{ type: dnsName, value: commonName }] },
  ])
  return signCertificate(certificate, selfIssuer(request.privateKey))
}

/** Choice number of dNSName in GeneralName (RFC 5280, 4.2.1.6). */
const dnsName = 2
