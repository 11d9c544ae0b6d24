import { type KeyObject, randomBytes } from 'node:crypto'
import forge from 'node-forge'
import { type Issuer, placeholder, positiveInteger, signCertificate } from './sign.ts'

const minute = 60_000

export type MachineRequest = {
  /** Name of the machine in the profile. */
  name: string
  publicKey: KeyObject
  now: Date
  /** The end of the CA: the key in the server's journal decides what a machine may do, not a date. */
  notAfter: Date
  serialNumber?: Buffer
}

/**
 * The certificate for a key that a machine made itself. It only identifies the machine.
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
