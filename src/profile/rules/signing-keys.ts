import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import { criOBase } from '../../distributions/cri-o.ts'
import { criOKeys, isKeyText, readFingerprint, signedRepositories } from '../../distributions/signing-keys.ts'
import { defaults } from '../defaults.ts'
import type { Profile, ProfileSettings } from '../schema.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'

/** Keys that sign packages: those of the profile, and those that are fetched without protection, like the packages. */
export const signingKeyRules: Rule = ({ profile, sources }) => [
  ...checkGiven(profile),
  ...checkCriO(profile),
  ...[...settingsPlaces(profile)].flatMap(({ path, settings }) => [
    ...(settings.files ?? []).flatMap((file, index) => checkFile(file, sources, [...path, 'files', index])),
    ...(settings.commands ?? []).flatMap(({ run }, index) =>
      checkCommand(run, [...path, 'commands', index, 'run']),
    ),
  ]),
]

const source = 'https://datatracker.ietf.org/doc/html/rfc9580#name-key-ids-and-fingerprints'

function checkGiven({ mirrors }: Profile): Diagnostic[] {
  return Object.entries(mirrors?.keys ?? {}).flatMap(([name, given]) => {
    const path: Path = ['mirrors', 'keys', name]
    if (!signedRepositories.some((each) => each === name)) {
      const close = suggest(name, [...signedRepositories])
      const hint = close ? `write ${close}` : `write one of ${signedRepositories.join(', ')}`
      return [
        error('mirrors/key', `hakube uses no signed repository ${JSON.stringify(name)}`, {
          hint,
          path,
          onKey: true,
        }),
      ]
    }
    if (typeof given === 'string') return checkKey(given, path)
    const mixed = given.some(isKeyText) && !given.every(isKeyText)
    return [
      ...given.flatMap((key, index) => checkKey(key, [...path, index])),
      ...(mixed
        ? [
            error('mirrors/key', `${name} mixes fingerprints and whole keys`, {
              hint: 'write only fingerprints, or only keys',
              path,
              onKey: true,
            }),
          ]
        : []),
    ]
  })
}

function checkKey(key: string, path: Path): Diagnostic[] {
  const fail = (message: string, hint: string) => [error('mirrors/key', message, { hint, path, source })]
  const hint = 'write the 40 digits that gpg --show-keys FILE prints'
  if (/-----BEGIN PGP PRIVATE KEY BLOCK-----/.test(key))
    return fail(
      'this is a private key, which must not leave its machine',
      'write the public key, which gpg --armor --export prints',
    )
  if (isKeyText(key)) {
    if (
      /^(?:\s*-----BEGIN PGP PUBLIC KEY BLOCK-----\n(?:[A-Za-z]+: .*\n)*\n(?:[A-Za-z0-9+/=]+\n)+-----END PGP PUBLIC KEY BLOCK-----\s*)+$/.test(
        key,
      )
    )
      return []
    return fail(
      'this is not a complete public key',
      'write it as a block (|), from -----BEGIN to END-----, including the empty line',
    )
  }
  if (readFingerprint(key)) return []
  const digits = key.replace(/^0x/i, '').replaceAll(/[\s:]/g, '')
  if (/^(?:[0-9a-f]{8}|[0-9a-f]{16})$/i.test(digits))
    return fail(`${JSON.stringify(key)} is a key ID, which can be forged`, hint)
  return fail(`${JSON.stringify(key.slice(0, 80))} is not a key fingerprint`, hint)
}

/** The one repository whose key hakube does not know. */
function checkCriO({ containerRuntime, mirrors }: Profile): Diagnostic[] {
  if ((containerRuntime?.name ?? defaults.containerRuntime) !== 'cri-o' || criOKeys.length > 0) return []
  const base = mirrors?.repositories?.['cri-o'] ?? criOBase
  if (!/^http:/i.test(base) || mirrors?.keys?.['cri-o'] !== undefined) return []
  return [
    warning(
      'mirrors/unverified-key',
      "CRI-O's packages and their signing key both come without TLS: anyone who can change the packages can change the key",
      {
        hint: 'set mirrors.keys.cri-o to the fingerprint, or use https:// if the mirror supports it',
        path: ['mirrors', 'repositories', 'cri-o'],
      },
    ),
  ]
}

const hint = 'add the key as a file of the profile and name that (file://…), or fetch it over https://'

/** `gpgkey` of a repository file for dnf or yum, which may continue on further lines. */
function checkFile(
  file: NonNullable<ProfileSettings['files']>[number],
  sources: ReadonlyMap<string, string>,
  path: Path,
): Diagnostic[] {
  if (!/^\/etc\/yum\.repos\.d\/[^/]+\.repo$/.test(file.path)) return []
  const text = file.content ?? (file.source === undefined ? '' : (sources.get(file.source) ?? ''))
  const repositories: string[] = []
  let name = ''
  let option = ''
  let keyIsOpen = false
  let isOff = false
  const close = () => {
    if (keyIsOpen && !isOff) repositories.push(name)
    keyIsOpen = false
    isOff = false
  }
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\[(.*)\]\s*$/.exec(line) ?? []
    const [, key, value] = /^([a-z_]+)\s*[=:](.*)$/i.exec(line) ?? []
    if (section !== undefined) {
      close()
      name = section
    }
    option = key?.toLowerCase() ?? (/^\s+\S/.test(line) ? option : '')
    if (option === 'gpgkey' && /(?:^|[\s,])http:\/\//i.test(value ?? line)) keyIsOpen = true
    // If the check is disabled, keys do not matter.
    if (option === 'gpgcheck' && /^\s*(?:0|no|false|off)\s*$/i.test(value ?? '')) isOff = true
  }
  close()
  if (repositories.length === 0) return []
  return [
    warning(
      'files/unverified-key',
      `the key of ${repositories.join(' and ')} comes without TLS: an attacker who can change packages in transit can change it too`,
      { hint, path: [...path, file.content === undefined ? 'source' : 'content'], onKey: true },
    ),
  ]
}

function checkCommand(run: string, path: Path): Diagnostic[] {
  if (!/\brpm(?:keys)?\s+(?:\S+\s+)*--import\s+["']?http:\/\//i.test(run)) return []
  return [
    warning(
      'files/unverified-key',
      'this key comes without TLS: an attacker who can change packages in transit can change it too',
      { hint, path },
    ),
  ]
}
