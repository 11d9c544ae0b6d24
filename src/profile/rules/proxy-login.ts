import { type Diagnostic, error, type Path } from '../../diagnostics/diagnostic.ts'
import { packageFetchers } from '../../distributions/install-methods.ts'
import { ownMirror } from '../../distributions/mirrors.ts'
import { isExcepted } from '../../network/no-proxy.ts'
import { isOwnName } from '../../text/own-name.ts'
import { hostOfAddress, readWebAddress } from '../../text/web-address.ts'
import { subnetsOf } from '../layout.ts'
import { mirrorPlaces } from '../mirror-addresses.ts'
import type { Profile } from '../schema.ts'
import { type ProfileSystem, systemsOf } from '../systems.ts'
import { onEach } from './of-systems.ts'

type Proxy = NonNullable<Profile['proxy']>

/** Checks that the proxy has both a user and a password, and that no installer needs them. */
export function checkProxyLogin(profile: Profile, proxy: Proxy): Diagnostic[] {
  const { username, passwordSecret } = proxy
  if (username === undefined && passwordSecret === undefined) return []
  if (username === undefined || passwordSecret === undefined) {
    const [has, hint] =
      username === undefined
        ? ['passwordSecret', 'write username: with the user that the password belongs to']
        : [
            'username',
            'write passwordSecret: NAME, and put the password into the bundle with hakube secrets set PROFILE NAME',
          ]
    const lacks = username === undefined ? 'username' : 'passwordSecret'
    return [
      error('proxy/login', `the proxy has ${has}, but no ${lacks}`, {
        hint,
        path: ['proxy', has],
        onKey: true,
      }),
    ]
  }
  return [
    ...checkNames(username, passwordSecret),
    ...onEach(profile, systemsOf(profile), (system) => checkInstaller(profile, proxy, system)),
  ]
}

function checkNames(username: string, passwordSecret: string): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  if (/[:\s\p{Cc}]/u.test(username))
    diagnostics.push(
      error('proxy/login', 'the user contains a colon, white space or a control character', {
        hint: 'write only the name of the user',
        path: ['proxy', 'username'],
        source: 'RFC 7617, section 2; apt_auth.conf(5)',
      }),
    )
  if (!isOwnName(passwordSecret))
    diagnostics.push(
      error('secrets/own-name', 'this is not the name of a secret', {
        hint: 'write its name: lowercase letters, digits and dashes; never write a password into a profile: hakube secrets set reads it',
        path: ['proxy', 'passwordSecret'],
        hidden: true,
      }),
    )
  return diagnostics
}

/** Answers of installers contain no secrets, because everyone in the install network can read them. */
function checkInstaller(profile: Profile, proxy: Proxy, system: ProfileSystem): Diagnostic[] {
  const program = system.install === undefined ? null : packageFetchers[system.install]
  if (program === null) return []
  const mirror = mirrorsOf(profile, system).find(({ address }) => goesThrough(profile, proxy, address))
  if (mirror === undefined) return []
  const host = readWebAddress(mirror.address)?.hostname ?? ''
  return [
    error(
      'proxy/installer',
      `${program} fetches packages from ${host} through the proxy, but must not receive the password: anyone in the install network can read its answers`,
      {
        hint: `name a mirror in mirrors.distribution that machines reach directly, and its host in proxy.except; or let the proxy admit the machines by their addresses, and remove username and passwordSecret`,
        path: mirror.path ?? ['proxy', 'passwordSecret'],
      },
    ),
  ]
}

/** Where an installer fetches packages: what the profile says, or the distribution's own mirrors. */
function mirrorsOf(profile: Profile, system: ProfileSystem): { address: string; path: Path | null }[] {
  const given = mirrorPlaces(profile).filter(({ key, isFor }) => key === 'distribution' && isFor(system))
  if (given.length > 0 || system.distribution === null) return given
  const own = ownMirror(system.distribution, 'amd64')
  return own === null ? [] : [{ address: own, path: null }]
}

/** The decision of `proxyFor` (cluster/proxy.ts), limited to what can be the host of a mirror. */
function goesThrough(profile: Profile, proxy: Proxy, address: string): boolean {
  const { server, extraHosts = [] } = profile
  const url = readWebAddress(address)
  if (!url || (url.protocol === 'https:' ? (proxy.https ?? proxy.http) : proxy.http) === undefined)
    return false
  const networks = subnetsOf(profile).flatMap(({ subnet, subnet6 }) => [
    subnet.text,
    ...(subnet6 === null ? [] : [subnet6.text]),
  ])
  const near = extraHosts.filter((each) => isExcepted(each.address, networks)).flatMap(({ names }) => names)
  const own = readWebAddress(server)
  return !isExcepted(hostOfAddress(url), [
    ...networks,
    ...near,
    ...(own ? [hostOfAddress(own)] : []),
    ...(proxy.except ?? []),
  ])
}
