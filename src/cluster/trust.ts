import type { Profile } from '../profile/schema.ts'
import { certificateSha256, pemBlocks, readCertificate } from '../text/pem.ts'
import type { TrustedCertificate } from './cluster.ts'
import type { Sources } from './settings.ts'

/** Each certificate once, under a unique name, so that a machine recognizes those of an earlier profile and can remove them. */
export function resolveTrust({ trust = [] }: Profile, sources: Sources): TrustedCertificate[] {
  const found = new Map<string, TrustedCertificate>()
  for (const [index, { content, source }] of trust.entries()) {
    const text = content ?? (source === undefined ? undefined : sources.get(source))
    if (text === undefined)
      throw new Error('a certificate has no text: a rule of the profile should have rejected it')
    for (const block of pemBlocks(text)) {
      const certificate = readCertificate(block.text)
      if (!certificate) throw new Error('not a certificate: a rule of the profile should have rejected it')
      const name = `hakube-${certificateSha256(certificate).slice(0, 16)}`
      if (!found.has(name))
        found.set(name, { name, pem: certificate.toString().trimEnd(), from: ['trust', index] })
    }
  }
  return [...found.values()]
}
