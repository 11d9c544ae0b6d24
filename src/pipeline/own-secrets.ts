import { type Diagnostic, error, type Path } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { imageMirrorsOf } from '../profile/image-mirrors.ts'
import { settingsPlaces } from '../profile/rules/rule.ts'
import type { Profile } from '../profile/schema.ts'
import { ownSecret, type Secrets } from '../secrets/secrets.ts'

const proxyPassword: Path = ['proxy', 'passwordSecret']

/** All positions of a profile that name a user-defined secret. */
function places(profile: Profile): { name: string; path: Path }[] {
  const logins = imageMirrorsOf(profile).flatMap(({ registry, passwordSecret: name }) =>
    name === undefined ? [] : [{ name, path: ['mirrors', 'images', registry, 'passwordSecret'] }],
  )
  const files = [...settingsPlaces(profile)].flatMap(({ path, settings }) =>
    (settings.files ?? []).flatMap(({ fromSecret }, index) =>
      fromSecret === undefined ? [] : [{ name: fromSecret, path: [...path, 'files', index, 'fromSecret'] }],
    ),
  )
  const ofProxy = profile.proxy?.passwordSecret
  return [...files, ...logins, ...(ofProxy === undefined ? [] : [{ name: ofProxy, path: proxyPassword }])]
}

/**
 * Secrets that the profile names and the bundle lacks.
 *
 * @param file name of the profile, for the command that adds one
 */
export const missingOwnSecrets = (profile: Profile, { own = {} }: Secrets, file: string): Diagnostic[] =>
  places(profile).flatMap(({ name, path }) => {
    if (Object.hasOwn(own, name)) return []
    const names = Object.keys(own)
    const near = names.length === 0 ? '' : ` (${didYouMean(name, names)})`
    return [
      error('secrets/no-own', `the secrets bundle has no secret ${name}`, {
        hint: `add it with hakube secrets set ${file} ${name}, which reads it from standard input${near}`,
        path,
      }),
    ]
  })

/** Secrets that the programs that read them do not support. */
export function unfitOwnSecrets({ proxy }: Profile, secrets: Secrets): Diagnostic[] {
  const password = proxy?.passwordSecret === undefined ? null : ownSecret(secrets, proxy.passwordSecret)
  if (password === null || !/[\s\p{Cc}]/u.test(password)) return []
  return [
    error('proxy/login', 'the password of the proxy contains a blank or a control character', {
      hint: 'give the proxy another password, and put that into the bundle',
      path: proxyPassword,
      source: 'apt_auth.conf(5)',
    }),
  ]
}
