import { type KeyObject, randomBytes } from 'node:crypto'
import forge from 'node-forge'
import { type Issuer, positiveInteger, signCertificate } from './sign.ts'

const minute = 60_000

/** forge makes a certificate of an RSA key only. Its place is taken by the real one before anything is signed. */
const placeholder = forge.pki.setRsaPublicKey(new forge.jsbn.BigInteger('3'), new forge.jsbn.BigInteger('3'))

export type MachineRequest = {
  /** Name of the machine in the profile. */
  name: string
  publicKey: KeyObject
  now: Date
  /** The end of the CA: what a machine may is decided by the key that the server has in its journal, not by a date. */
  notAfter: Date
  serialNumber?: Buffer
}

/**
 * The certificate of a key that a machine made itself. It may do nothing but show who the machine is.
 *
 * @returns PEM
 */
export function certifyMachine(
  { name, publicKey, now, notAfter, serialNumber = randomBytes(16) }: MachineRequest,
  issuer: Issuer,
): string {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = placeholder
  certificate.serialNumber = positiveInteger(serialNumber)
  certificate.validity.notBefore = new Date(now.getTime() - 5 * minute)
  certificate.validity.notAfter = notAfter
  const subject = [{ name: 'commonName', value: name }]
  certificate.setSubject(subject)
  certificate.setIssuer(subject)
  certificate.setExtensions([
    { name: 'keyUsage', critical: true, digitalSignature: true },
    { name: 'extKeyUsage', clientAuth: true },
    { name: 'basicConstraints', critical: true, cA: false },
    ...(issuer.keyIdentifier === null
      ? []
      : [{ name: 'authorityKeyIdentifier', keyIdentifier: issuer.keyIdentifier }]),
  ])
  return signCertificate(certificate, issuer, publicKey)
}
