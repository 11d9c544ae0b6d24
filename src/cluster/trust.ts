import type { Profile } from '../profile/schema.ts'
import { certificateSha256, pemBlocks, readCertificate } from '../text/pem.ts'
import type { TrustedCertificate } from './cluster.ts'
import type { Sources } from './settings.ts'

/** Each certificate once, under a unique name, so that a machine recognizes those of an earlier profile and can remove them. */
export function resolveTrust({ trust = [] }: Profile, sources: Sources): TrustedCertificate[] {
  const found = new Map<string, TrustedCertificate>()
  for (const [index, entry] of trust.entries()) {
    for (const { sum, pem } of readAuthorities(entry, sources)) {
      const name = `hakube-${sum.slice(0, 16)}`
      if (!found.has(name)) found.set(name, { name, pem, from: ['trust', index] })
    }
  }
  return [...found.values()]
}

/** The certificates of an entry, each in the same form, whatever stands around it. */
export function readAuthorities(
  { content, source }: NonNullable<Profile['trust']>[number],
  sources: Sources,
): { sum: string; pem: string }[] {
  const text = content ?? (source === undefined ? undefined : sources.get(source))
  if (text === undefined)
    throw new Error('a certificate has no text: a rule of the profile should have rejected it')
  return pemBlocks(text).map((block) => {
    const certificate = readCertificate(block.text)
    if (!certificate) throw new Error('not a certificate: a rule of the profile should have rejected it')
    return { sum: certificateSha256(certificate), pem: certificate.toString().trimEnd() }
  })
}
