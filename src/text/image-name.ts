import { isIPv6 } from './address-family.ts'
import { readHostAndPort } from './host-and-port.ts'

export type ImageName = {
  /** Host and port as written; null if the container runtime chooses the registry. */
  registry: string | null
  /** Host of the registry, without brackets and port. */
  host: string | null
  path: string
  tag: string | null
  digest: string | null
}

const part = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/

/**
 * Reads the name of an image: https://pkg.go.dev/github.com/distribution/reference. The first part is a registry if it contains a dot, a
 * port or brackets, or is `localhost`.
 *
 * @returns null when the text is not the name of an image
 */
export function readImageName(text: string): ImageName | null {
  const [, name = '', tag = null, digest = null] =
    /^(.+?)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[a-f0-9]{64}))?$/.exec(text) ?? []
  const slash = name.indexOf('/')
  const first = slash === -1 ? '' : name.slice(0, slash)
  const isRegistry = /[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  const path = isRegistry ? name.slice(slash + 1) : name
  const server = isRegistry ? readHostAndPort(first) : null
  if (isRegistry && (!server || (isIPv6(server.host) && !first.startsWith('[')))) return null
  if (!path.split('/').every((each) => part.test(each))) return null
  return { registry: isRegistry ? first : null, host: server?.host ?? null, path, tag, digest }
}

/**
 * Reads a prefix of image names: a registry, optionally with a path.
 *
 * @returns null when the text is not such a prefix
 */
export function readImagePrefix(text: string): { host: string } | null {
  const [first = '', ...path] = text.split('/')
  const server = readHostAndPort(first)
  if (!server || (isIPv6(server.host) && !first.startsWith('['))) return null
  return path.every((each) => part.test(each)) ? { host: server.host } : null
}
