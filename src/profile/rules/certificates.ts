import type { X509Certificate } from 'node:crypto'
import { error, type Diagnostic, type Path } from '../../diagnostics/diagnostic.ts'
import { certificateSha256, pemBlocks, readCertificate, type PemBlock } from '../../text/pem.ts'
import type { RuleContext } from './rule.ts'

type Place = Pick<Diagnostic, 'path' | 'part'>

/** An entry of certificates in the profile. */
export type CertificateEntry = { content?: string | undefined; source?: string | undefined }

/** The text of an entry; undefined for a file that cannot be read, which was already reported. */
export const certificateText = (
  { content, source }: CertificateEntry,
  sources: RuleContext['sources'],
): string | undefined => content ?? sources.get(source ?? '')

/** The position of an entry's text. */
export const certificatePath = ({ content }: CertificateEntry, path: Path): Path => [
  ...path,
  content === undefined ? 'source' : 'content',
]

/**
 * Checks that an entry contains certificates of CAs.
 *
 * @param first the first position of each certificate; those of this entry are added
 */
export function checkCertificateEntry(
  entry: CertificateEntry,
  path: Path,
  sources: RuleContext['sources'],
  first: Map<string, Path> = new Map(),
): Diagnostic[] {
  const { content, source } = entry
  if ((content === undefined) === (source === undefined)) {
    const has = content === undefined ? 'neither content nor source' : 'both content and source'
    const hint =
      'write source: with the name of a file next to the profile, or content: | and the certificate below it'
    return [error('trust/text', `this entry has ${has}`, { hint, path })]
  }
  const text = certificateText(entry, sources)
  return text === undefined ? [] : checkText(text, certificatePath(entry, path), first)
}

function checkText(text: string, path: Path, first: Map<string, Path>): Diagnostic[] {
  const blocks = pemBlocks(text)
  const whole = { path }
  const begun = text.split('-----BEGIN ').length - 1
  if (blocks.length === 0 || begun > blocks.length) {
    const message = begun === 0 ? 'this is not a certificate in PEM' : 'the certificate is truncated here'
    const hint =
      'write all of it, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----; openssl x509 -inform der -in FILE converts one from DER'
    return [error('trust/certificate', message, { hint, ...whole })]
  }
  return blocks.flatMap((block) => {
    const place: Place = { path, part: { start: block.start, length: block.label.length + 16 } }
    // The rules about secrets report private keys anywhere in a profile.
    return block.label.endsWith('PRIVATE KEY') ? [] : checkBlock(block, place, first)
  })
}

function checkBlock({ label, text }: PemBlock, place: Place, first: Map<string, Path>): Diagnostic[] {
  const certificate = label === 'CERTIFICATE' ? readCertificate(text) : null
  if (!certificate) {
    const message = label === 'CERTIFICATE' ? 'this is not a certificate' : `${label} is not a CA certificate`
    const hint = 'write a block that begins with -----BEGIN CERTIFICATE-----, as the CA publishes it'
    return [error('trust/certificate', message, { hint, ...place })]
  }
  if (!certificate.ca) return [notAnAuthority(certificate, place)]
  const sum = certificateSha256(certificate)
  const earlier = first.get(sum)
  first.set(sum, earlier ?? place.path ?? [])
  if (!earlier) return []
  return [
    error('trust/duplicate', `the certificate of ${nameOf(certificate)} is in this list twice`, {
      hint: 'keep one of the two',
      ...place,
      related: [{ path: earlier, message: 'first used here' }],
    }),
  ]
}

function notAnAuthority(certificate: X509Certificate, place: Place): Diagnostic {
  const itself = certificate.checkIssued(certificate)
  return error(
    'trust/authority',
    `${nameOf(certificate)} is not a CA, so it cannot verify other certificates`,
    {
      hint: itself
        ? 'a self-signed server certificate does not work: use one that a CA issued, and write the certificate of that CA (basicConstraints CA:TRUE)'
        : `write the certificate of the CA that issued it, ${nameOf(certificate, 'issuer')}, instead`,
      ...place,
      source: 'https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.9',
    },
  )
}

/** On one line, without control characters. */
export const nameOf = (certificate: X509Certificate, whose: 'subject' | 'issuer' = 'subject'): string =>
  (certificate[whose] ?? 'without a name')
    .replaceAll('\n', ', ')
    .replaceAll(/[^\P{C}]/gu, '?')
    .slice(0, 120)
