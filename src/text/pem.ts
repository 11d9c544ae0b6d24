import { X509Certificate } from 'node:crypto'

/** A PEM block (RFC 7468) and its position in the text. */
export type PemBlock = { label: string; text: string; start: number; length: number }

/** All complete blocks of a text. PEM allows any other text around them. */
export const pemBlocks = (text: string): PemBlock[] =>
  [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----/g)].map((match) => ({
    label: match[1] ?? '',
    text: match[0],
    start: match.index,
    length: match[0].length,
  }))

/**
 * Reads the certificate of a PEM text.
 *
 * @returns null when the text is not a certificate
 */
export function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

/** The SHA-256 fingerprint in lowercase hexadecimal digits, without colons. */
export const certificateSha256 = ({ fingerprint256 }: X509Certificate): string =>
  fingerprint256.replaceAll(':', '').toLowerCase()
