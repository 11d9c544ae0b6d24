import { installMethodOf } from '../install-method.ts'
import { mirrorPlaces } from '../mirror-addresses.ts'
import type { X509Certificate } from 'node:crypto'
import { error, warning, type Diagnostic, type Path } from '../../diagnostics/diagnostic.ts'
import { certificateSha256, pemBlocks, readCertificate, type PemBlock } from '../../text/pem.ts'
import type { Profile } from '../schema.ts'
import { systemsOf, type ProfileSystem } from '../systems.ts'
import { onEach } from './of-systems.ts'
import { settingsPlaces, type Rule, type RuleContext } from './rule.ts'
import { readWebAddress } from '../../text/web-address.ts'

/** Certificates of the user's own CAs, and whether what fetches packages can know them. */
export const trustRules: Rule = (context) => [
  ...checkCertificates(context),
  ...checkFiles(context),
  ...checkInstaller(context),
]

type Place = Pick<Diagnostic, 'path' | 'part'>

function checkCertificates({ profile, sources }: RuleContext): Diagnostic[] {
  const first = new Map<string, Path>()
  return (profile.trust ?? []).flatMap(({ content, source }, index) => {
    const path: Path = ['trust', index]
    if ((content === undefined) === (source === undefined)) {
      const has = content === undefined ? 'neither content nor source' : 'both content and source'
      const hint =
        'write source: with the name of a file next to the profile, or content: | and the certificate below it'
      return [error('trust/text', `this entry has ${has}`, { hint, path })]
    }
    const at: Path = [...path, content === undefined ? 'source' : 'content']
    // What cannot be read has been reported.
    const text = content ?? sources.get(source ?? '')
    return text === undefined ? [] : checkText(text, at, first)
  })
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
    // Private keys anywhere in a profile are reported by the rules about secrets.
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

/** One line, and no character that a terminal would obey. */
const nameOf = (certificate: X509Certificate, whose: 'subject' | 'issuer' = 'subject'): string =>
  (certificate[whose] ?? 'without a name')
    .replaceAll('\n', ', ')
    .replaceAll(/[^\P{C}]/gu, '?')
    .slice(0, 120)

/** Where the programs below look for certificates of the machine's own. */
const anchors = /^\/(?:usr\/local\/share\/ca-certificates|etc\/pki\/ca-trust\/source(?:\/anchors)?)\//

/** A file there has no effect until a program has put it into the bundle that others read. */
function checkFiles({ profile }: RuleContext): Diagnostic[] {
  const places = [...settingsPlaces(profile)]
  const updates = places.some(({ settings }) =>
    settings.commands?.some(({ run }) => /\bupdate-ca-(?:certificates|trust)\b|\btrust +anchor\b/.test(run)),
  )
  if (updates) return []
  return places.flatMap(({ path, settings }) =>
    (settings.files ?? []).flatMap((file, index) => {
      if (!anchors.test(file.path)) return []
      const text = file.source === undefined ? 'content: |' : `source: ${file.source}`
      return [
        warning('trust/file', `nothing adds ${file.path} to the certificates that programs read`, {
          hint: `write trust: [{${text.replace(': |', ': …')}}] instead of the file: machines trust it before they fetch the first package`,
          path: [...path, 'files', index, 'path'],
        }),
      ]
    }),
  )
}

/** An installer that is told of the certificates after it has fetched an image of its own. */
function checkInstaller({ profile }: RuleContext): Diagnostic[] {
  if ((profile.trust ?? []).length === 0) return []
  return onEach(profile, systemsOf(profile), (system) => checkInstallerOf(profile, system))
}

function checkInstallerOf(profile: Profile, system: ProfileSystem): Diagnostic[] {
  const program = installMethodOf(system)?.fetchesBeforeTrust ?? null
  const mirror = mirrorPlaces(profile).find(
    ({ address, isFor }) => isFor(system) && readWebAddress(address)?.protocol === 'https:',
  )
  if (program === null || mirror === undefined) return []
  return [
    warning(
      'trust/installer',
      `${program} fetches its image from this mirror before it knows the CAs of trust, and stops if one of them issued the mirror's certificate`,
      {
        hint: `offer the mirror over http: too and write that here (${program} and dnf verify package signatures), or give the server a certificate of a public CA`,
        path: mirror.path,
      },
    ),
  ]
}
