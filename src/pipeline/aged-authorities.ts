import { error, type Diagnostic, type Path, warning } from '../diagnostics/diagnostic.ts'
import { imageMirrorsOf } from '../profile/image-mirrors.ts'
import {
  type CertificateEntry,
  certificatePath,
  certificateText,
  nameOf,
} from '../profile/rules/certificates.ts'
import type { LoadedProfile } from '../profile/load.ts'
import { pemBlocks, readCertificate } from '../text/pem.ts'
import { secretPolicy } from '../secrets/policy.ts'

const day = 24 * 60 * 60_000

/**
 * CAs of the profile, of the site and of mirrors that have expired or will soon. Only `check` reports them, because rendering does not
 * depend on the clock.
 */
export function agedAuthorities({ profile, sources }: LoadedProfile, now: Date): Diagnostic[] {
  if (!profile) return []
  const { warningDays } = secretPolicy(profile)
  const ofMirrors = imageMirrorsOf(profile).flatMap(({ registry, ca }) =>
    ca === undefined ? [] : [{ entry: ca, path: ['mirrors', 'images', registry, 'ca'] }],
  )
  const entries: { entry: CertificateEntry; path: Path }[] = [
    ...(profile.trust ?? []).map((entry, index) => ({ entry, path: ['trust', index] })),
    ...ofMirrors,
  ]
  return entries.flatMap(({ entry, path }) => {
    const at = certificatePath(entry, path)
    return pemBlocks(certificateText(entry, sources) ?? '').flatMap(({ label, text, start }) => {
      const certificate = readCertificate(text)
      if (!certificate) return []
      const from = new Date(certificate.validFrom)
      const until = new Date(certificate.validTo)
      const name = `the certificate of ${nameOf(certificate)}`
      const place = { path: at, part: { start, length: label.length + 16 } }
      const hint =
        'add the new certificate of the CA; both may be in one list until all servers have new ones'
      if (from > now)
        return [
          error('trust/expired', `${name} is not valid before ${date(from)}, by the clock of this computer`, {
            hint: 'keep the certificate that is valid until then',
            ...place,
          }),
        ]
      if (until <= now)
        return [error('trust/expired', `${name} expired on ${date(until)}`, { hint, ...place })]
      return until.getTime() - now.getTime() <= warningDays * day
        ? [warning('trust/expired', `${name} expires on ${date(until)}`, { hint, ...place })]
        : []
    })
  })
}

const date = (at: Date): string => at.toISOString().slice(0, 10)
