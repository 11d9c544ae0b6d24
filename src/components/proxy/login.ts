import { files, readAgain } from '../../assembly/on-change.ts'
import type { File } from '../../assembly/component.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { ownSecret } from '../../secrets/secrets.ts'

/* How programs of a machine log in at the proxy. Files with the password are secret, and only root can read them. */

export type ProxyLogin = { username: string; password: string }

/**
 * The login at the proxy.
 *
 * @returns null if the proxy needs none
 * @throws when the bundle lacks the password: opening the bundle reports that before
 */
export function proxyLogin({ proxy, secrets }: Cluster): ProxyLogin | null {
  if (!proxy?.login) return null
  const { username, passwordSecret } = proxy.login
  const password = ownSecret(secrets, passwordSecret)
  if (password === null) throw new Error(`the secrets contain none of the user's own named ${passwordSecret}`)
  return { username, password }
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** An address that includes user and password, percent-encoded (RFC 3986, section 3.2.1). */
export const withLogin = (address: string | null, login: ProxyLogin | null): string | null =>
  address === null || login === null
    ? address
    : address.replace('://', () => `://${encode(login.username)}:${encode(login.password)}@`)

/** A file for units, because systemd shows the values of Environment= to everyone (systemd.exec(5)). */
export const environmentFile = '/etc/hakube/proxy.env'

/** Values are quoted; neither addresses nor lists of hosts contain a character that needs escaping. */
export const secretEnvironment = (
  list: readonly (readonly [name: string, value: string])[],
  units: readonly string[],
): File => ({
  path: environmentFile,
  mode: '0600',
  secret: true,
  content: list.map(([name, value]) => `${name}="${value}"\n`).join(''),
  onChange: files('the container runtime and the kubelet read it when they start', units),
})

/** apt does not decode the values, and accepts a login for http only if the scheme is written (apt_auth.conf(5)). */
export const aptLogin = (
  addresses: readonly (string | null)[],
  { username, password }: ProxyLogin,
): File => ({
  path: '/etc/apt/auth.conf.d/95-hakube-proxy.conf',
  mode: '0600',
  secret: true,
  content: [...new Set(addresses)]
    .flatMap((address) => (address === null ? [] : [new URL(address).origin]))
    .map((origin) => `machine ${origin} login ${username} password ${password}\n`)
    .join(''),
  onChange: readAgain(),
})
