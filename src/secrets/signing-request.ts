import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import forge from 'node-forge'

const { asn1 } = forge

declare module 'node-forge' {
  namespace asn1 {
    /** @types/node-forge only declares a boolean. */
    function fromDer(bytes: string, options: { decodeBitStrings: boolean }): Asn1
  }
}

/** A public key whose private half the client has proved to have, and its fingerprint. */
export type ShownKey = {
  publicKey: KeyObject
  /** SHA-256 of its SubjectPublicKeyInfo, in hexadecimal digits. */
  fingerprint: string
}

/** The fingerprint of a public key, in journals and for display: `openssl pkey -pubout -outform DER | sha256sum` prints the same. */
export const fingerprintOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')

/** Requests of machines are smaller than 1.5 KiB. */
export const longestRequest = 8 * 1024

const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const rsaWithSha256 = '1.2.840.113549.1.1.11'

/**
 * The signature algorithm of an acceptable key; null for others: P-256, or RSA for curl built with NSS, whose PEM reader supports no
 * other keys.
 */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | null {
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails ?? {}
  if (asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return ecdsaWithSha256
  const isUsual = modulusLength >= 2048 && modulusLength <= 4096 && publicExponent === 65_537n
  return asymmetricKeyType === 'rsa' && isUsual ? rsaWithSha256 : null
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')
const isOf = (node: forge.asn1.Asn1 | undefined, type: forge.asn1.Type): node is forge.asn1.Asn1 =>
  node?.tagClass === asn1.Class.UNIVERSAL && node.type === type
const childrenOf = (node: forge.asn1.Asn1 | undefined): forge.asn1.Asn1[] =>
  isOf(node, asn1.Type.SEQUENCE) && typeof node.value !== 'string' ? node.value : []
const textOf = (node: forge.asn1.Asn1 | undefined, type: forge.asn1.Type): string | null =>
  isOf(node, type) && typeof node.value === 'string' ? node.value : null

/**
 * Parses an untrusted certificate request (PKCS #10, RFC 2986). It uses only the key, and only if the signature proves that the sender
 * has the private half. Names and extensions are ignored.
 *
 * @param text one PEM block
 * @returns null for anything else
 */
export function readRequest(text: string): ShownKey | null {
  const [, base64] =
    /^-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END (?:NEW )?CERTIFICATE REQUEST-----\s*$/.exec(
      text,
    ) ?? []
  if (base64 === undefined || text.length > longestRequest) return null
  try {
    return readDer(Buffer.from(base64, 'base64').toString('latin1'))
  } catch {
    // Messages of forge and OpenSSL about invalid bytes do not help anyone.
    return null
  }
}

function readDer(der: string): ShownKey | null {
  const whole = asn1.fromDer(der, { decodeBitStrings: false })
  // Two parsers may read an ambiguous encoding differently.
  if (asn1.toDer(whole).getBytes() !== der) return null
  const [info, algorithm, signature, ...more] = childrenOf(whole)
  const [version, , key] = childrenOf(info)
  if (
    info === undefined ||
    key === undefined ||
    more.length > 0 ||
    textOf(version, asn1.Type.INTEGER) !== '\0'
  )
    return null
  const spki = bytesOf(asn1.toDer(key).getBytes())
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const wanted = algorithmOf(publicKey)
  const named = textOf(childrenOf(algorithm)[0], asn1.Type.OID)
  const bits = textOf(signature, asn1.Type.BITSTRING)
  if (wanted === null || named === null || asn1.derToOid(named) !== wanted || bits === null) return null
  // The first byte is the number of unused bits in the last one.
  if (!bits.startsWith('\0')) return null
  const signed = bytesOf(asn1.toDer(info).getBytes())
  if (!verify('sha256', signed, publicKey, bytesOf(bits.slice(1)))) return null
  return { publicKey, fingerprint: fingerprintOf(publicKey) }
}
