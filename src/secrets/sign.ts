import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import forge from 'node-forge'

const { asn1 } = forge
type Node = forge.asn1.Asn1

declare module 'node-forge' {
  namespace pki {
    /** Missing in @types/node-forge; forge's own `sign` calls it. */
    function getTBSCertificate(certificate: Certificate): asn1.Asn1
  }
}

/** An issuer: its name and key identifier, exactly as in its certificate. */
export type Issuer = {
  key: KeyObject
  /** The subject of its certificate; null for a self-signed certificate. */
  subject: Node | null
  /** Its subjectKeyIdentifier, in forge's representation of bytes: one character each. */
  keyIdentifier: string | null
}

/** forge can only build certificates of RSA keys. The real key replaces this one before anything is signed. */
export const placeholder = forge.pki.setRsaPublicKey(
  new forge.jsbn.BigInteger('3'),
  new forge.jsbn.BigInteger('3'),
)

/**
 * Signs a certificate that forge has built. OpenSSL computes the signature: forge's own RSA takes 20 times as long, and forge cannot sign
 * with elliptic-curve keys, which a CA that was taken over may have.
 *
 * @param publicKey replaces the certificate's, for key types that forge does not know
 * @returns PEM
 */
export function signCertificate(
  certificate: forge.pki.Certificate,
  issuer: Issuer,
  publicKey: KeyObject | null = null,
): string {
  const algorithm = signatureAlgorithm(issuer.key)
  certificate.siginfo.algorithmOid = algorithm.oid
  certificate.signatureOid = algorithm.oid
  const toBeSigned = forge.pki.getTBSCertificate(certificate)
  const fields = children(toBeSigned)
  // TBSCertificate: version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, … (RFC 5280, 4.1).
  if (publicKey) {
    const der = publicKey.export({ type: 'spki', format: 'der' }).toString('latin1')
    fields[6] = asn1.fromDer(der)
  }
  fields[2] = algorithmIdentifier(algorithm)
  if (issuer.subject) fields[3] = issuer.subject
  const bytes = Buffer.from(asn1.toDer(toBeSigned).getBytes(), 'latin1')
  const signature = sign('sha256', bytes, issuer.key).toString('latin1')
  const whole = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
    toBeSigned,
    algorithmIdentifier(algorithm),
    // No unused bits.
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BITSTRING, false, `\0${signature}`),
  ])
  return pem('CERTIFICATE', asn1.toDer(whole).getBytes())
}

/** What signing with a CA needs: parsed once, used for many certificates. */
export function readIssuer(authority: { certificate: string; key: string }): Issuer {
  const fields = certificateFields(authority.certificate)
  return {
    key: createPrivateKey(authority.key),
    subject: fields[5] ?? null,
    keyIdentifier: subjectKeyIdentifier(fields),
  }
}

/** Makes a number that is positive in DER, whatever the bytes (RFC 5280, 4.1.2.2), as hexadecimal digits: its first byte is 64 to 127. */
export function positiveInteger(bytes: Buffer): string {
  const copy = Buffer.from(bytes)
  copy[0] = ((copy[0] ?? 0) & 0x3f) | 0x40
  return copy.toString('hex')
}

type Algorithm = { oid: string; parameters: boolean }

/** RFC 4055, section 5 (RSA: with NULL), and RFC 5758, section 3.2 (ECDSA: without parameters). */
function signatureAlgorithm(key: KeyObject): Algorithm {
  if (key.asymmetricKeyType === 'rsa') return { oid: '1.2.840.113549.1.1.11', parameters: true }
  if (key.asymmetricKeyType === 'ec') return { oid: '1.2.840.10045.4.3.2', parameters: false }
  throw new Error(`a CA with a key of type ${key.asymmetricKeyType}`)
}

const algorithmIdentifier = ({ oid, parameters }: Algorithm): Node =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(oid).getBytes()),
    ...(parameters ? [asn1.create(asn1.Class.UNIVERSAL, asn1.Type.NULL, false, '')] : []),
  ])

/** Fields of the TBSCertificate of a version 3 certificate. forge's own parser rejects keys that are not RSA. */
function certificateFields(certificate: string): Node[] {
  const [message] = forge.pem.decode(certificate)
  if (!message) throw new Error('no certificate')
  const [toBeSigned] = children(asn1.fromDer(message.body))
  return toBeSigned ? children(toBeSigned) : []
}

/** `extensions [3]` of a TBSCertificate. */
const extensionsTag = 3

function subjectKeyIdentifier(fields: readonly Node[]): string | null {
  const holder = fields.find((field) => {
    const tag: number = field.type
    return field.tagClass === asn1.Class.CONTEXT_SPECIFIC && tag === extensionsTag
  })
  const [list] = holder ? children(holder) : []
  for (const extension of list ? children(list) : []) {
    const parts = children(extension)
    const [name, content] = [parts[0], parts.at(-1)]
    if (typeof name?.value !== 'string' || typeof content?.value !== 'string') continue
    if (asn1.derToOid(name.value) !== forge.pki.oids['subjectKeyIdentifier']) continue
    const { value } = asn1.fromDer(content.value)
    return typeof value === 'string' ? value : null
  }
  return null
}

const children = (node: Node): Node[] => (typeof node.value === 'string' ? [] : node.value)

const pem = (type: string, body: string): string =>
  forge.pem.encode({ type, body }, { maxline: 64 }).replaceAll('\r\n', '\n')
