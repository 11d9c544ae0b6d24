import { X509Certificate } from 'node:crypto'

/** A block of PEM (RFC 7468), with its place in the text. */
export type PemBlock = { label: string; text: string; start: number; length: number }

/** All blocks that have a beginning and an end. Whatever stands around them is a comment. */
export const pemBlocks = (text: string): PemBlock[] =>
  [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----/g)].map((match) => ({
    label: match[1] ?? '',
    text: match[0],
    start: match.index,
    length: match[0].length,
  }))

/** @returns null for a text that is not a certificate */
export function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

/** Lower case hexadecimal digits. */
export const certificateSha256 = ({ fingerprint256 }: X509Certificate): string =>
  fingerprint256.replaceAll(':', '').toLowerCase()
