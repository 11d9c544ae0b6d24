import { installMethodOf } from '../install-method.ts'
import { mirrorPlaces } from '../mirror-addresses.ts'
import { warning, type Diagnostic, type Path } from '../../diagnostics/diagnostic.ts'
import type { Profile } from '../schema.ts'
import { systemsOf, type ProfileSystem } from '../systems.ts'
import { checkCertificateEntry } from './certificates.ts'
import { onEach } from './of-systems.ts'
import { settingsPlaces, type Rule, type RuleContext } from './rule.ts'
import { readWebAddress } from '../../text/web-address.ts'

/** Certificates of the user's own CAs, and whether programs that fetch packages can use them. */
export const trustRules: Rule = (context) => [
  ...checkCertificates(context),
  ...checkFiles(context),
  ...checkInstaller(context),
]

function checkCertificates({ profile, sources }: RuleContext): Diagnostic[] {
  const first = new Map<string, Path>()
  return (profile.trust ?? []).flatMap((entry, index) =>
    checkCertificateEntry(entry, ['trust', index], sources, first),
  )
}

/** Where the programs below look for the machine's own certificates. */
const anchors = /^\/(?:usr\/local\/share\/ca-certificates|etc\/pki\/ca-trust\/source(?:\/anchors)?)\//

/** A file there has no effect until a program has added it to the bundle that others read. */
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

/** An installer that knows the certificates only after it has fetched an image. */
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
