import { files, readAgain } from '../../assembly/on-change.ts'
import type { File } from '../../assembly/component.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { ownSecret } from '../../secrets/secrets.ts'

/* How programs of a machine log in at the proxy. Whatever holds the password is a secret file that only root can read. */

export type ProxyLogin = { username: string; password: string }

/**
 * @returns null where the proxy asks for no password
 * @throws when the bundle has no such secret: whoever opens it says so before
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

/** An address with the user and the password in it, percent-encoded (RFC 3986, section 3.2.1). */
export const withLogin = (address: string | null, login: ProxyLogin | null): string | null =>
  address === null || login === null
    ? address
    : address.replace('://', () => `://${encode(login.username)}:${encode(login.password)}@`)

/** What units read: everybody can ask systemd for the values of Environment= (systemd.exec(5)). */
export const environmentFile = '/etc/hakube/proxy.env'

/** Values are in quotes: neither addresses nor lists of hosts have a character that would have to be escaped there. */
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

/** apt decodes nothing there, and takes a login for http: only where the scheme is written (apt_auth.conf(5)). */
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
