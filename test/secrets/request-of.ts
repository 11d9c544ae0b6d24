import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import forge from 'node-forge'

const { asn1 } = forge
type Node = forge.asn1.Asn1

const sequence = (...children: Node[]): Node =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, children)
const oid = (text: string): Node =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(text).getBytes())

export type KeyPairOf = { publicKey: KeyObject; privateKey: KeyObject }

export const makeKey = (namedCurve = 'prime256v1'): KeyPairOf => generateKeyPairSync('ec', { namedCurve })

/** DER of a certificate request, with a signature of another key where one is given. */
export function requestDer({ publicKey, privateKey }: KeyPairOf, signer = privateKey, version = 0): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('latin1')
  const isRsa = signer.asymmetricKeyType === 'rsa'
  const info = sequence(
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.INTEGER, false, String.fromCharCode(version)),
    sequence(),
    asn1.fromDer(spki, { decodeBitStrings: false }),
    asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, true, []),
  )
  const bytes = Buffer.from(asn1.toDer(info).getBytes(), 'latin1')
  const signature = sign('sha256', bytes, signer).toString('latin1')
  const whole = sequence(
    info,
    sequence(oid(isRsa ? '1.2.840.113549.1.1.11' : '1.2.840.10045.4.3.2')),
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BITSTRING, false, `\0${signature}`),
  )
  return Buffer.from(asn1.toDer(whole).getBytes(), 'latin1')
}

export const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE REQUEST-----\n`

/** What a machine sends to enrol. */
export const requestOf = (pair: KeyPairOf): string => pemOf(requestDer(pair))
