import { isIPv6 } from '../../text/address-family.ts'
import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import { defaults } from '../defaults.ts'
import { mirrorPlaces } from '../mirror-addresses.ts'
import { type ImageMirror, imageMirrorsOf } from '../image-mirrors.ts'
import { isOwnName } from '../../text/own-name.ts'
import type { Profile } from '../schema.ts'
import { checkCertificateEntry } from './certificates.ts'
import type { Rule, RuleContext } from './rule.ts'
import { readHostAndPort } from '../../text/host-and-port.ts'
import { readWebAddress, withoutScheme } from '../../text/web-address.ts'

/** Names of package repositories in addition to those of the distribution and Kubernetes. */
const repositoryNames = ['docker', 'cri-o', 'elrepo']

/** Addresses of mirrors, and the names of what they mirror. */
export const mirrorRules: Rule = ({ profile, sources }) => [
  ...checkAddresses(profile),
  ...checkUse(profile),
  ...imageMirrorsOf(profile).flatMap((mirror) => checkAuthority(mirror, sources)),
]

function checkAuthority(
  { registry, address, path, ca }: ImageMirror,
  sources: RuleContext['sources'],
): Diagnostic[] {
  if (ca === undefined) return []
  const at: Path = ['mirrors', 'images', registry, 'ca']
  const mistakes = checkCertificateEntry(ca, at, sources)
  if (readWebAddress(address)?.protocol !== 'http:') return mistakes
  return [
    ...mistakes,
    error('mirrors/authority', 'the mirror uses http:, which has no certificates', {
      hint: 'write https:// in url, or remove ca',
      path: at,
      onKey: true,
      related: [{ path, message: 'the address of the mirror' }],
    }),
  ]
}

function checkAddresses({ mirrors }: Profile): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const { address, path } of mirrorPlaces({ mirrors })) diagnostics.push(...checkMirror(address, path))
  if (mirrors?.kubernetes !== undefined)
    diagnostics.push(...checkMirror(mirrors.kubernetes, ['mirrors', 'kubernetes']))
  for (const [name, value] of Object.entries(mirrors?.repositories ?? {}))
    diagnostics.push(...checkMirror(value, ['mirrors', 'repositories', name]))
  for (const mirror of imageMirrorsOf({ mirrors })) {
    const { registry } = mirror
    const path: Path = ['mirrors', 'images', registry]
    // https://github.com/containerd/containerd/blob/main/docs/hosts.md: the name is that of a directory; _default is for all others.
    if (registry !== '_default' && !isRegistry(registry)) {
      const [near = ''] = withoutScheme(registry).split('/')
      const isNear = near !== registry && /[.:]/.test(near) && isRegistry(near)
      diagnostics.push(
        error('mirrors/registry', `${JSON.stringify(registry)} is not a registry name`, {
          hint: isNear
            ? `write ${near}, as image names begin`
            : 'write the host as in image names, e.g. docker.io or registry.k8s.io, or _default for all others',
          path,
          onKey: true,
        }),
      )
    }
    diagnostics.push(...checkMirror(mirror.address, mirror.path), ...checkLogin(mirror))
  }
  return [...diagnostics, ...checkOneLogin(imageMirrorsOf({ mirrors }))]
}

/** Container runtimes support one login for each host (containerd/docs/cri/registry.md, containers-auth.json(5)). */
function checkOneLogin(all: readonly ImageMirror[]): Diagnostic[] {
  const first = new Map<string, ImageMirror>()
  return all.flatMap((mirror) => {
    const host = readWebAddress(mirror.address)?.host
    if (host === undefined || mirror.username === undefined || mirror.passwordSecret === undefined) return []
    const earlier = first.get(host)
    if (earlier === undefined) first.set(host, mirror)
    if (
      earlier === undefined ||
      (earlier.username === mirror.username && earlier.passwordSecret === mirror.passwordSecret)
    )
      return []
    return [
      error(
        'mirrors/login',
        `another mirror on ${host} has another login, and container runtimes keep one for each host`,
        {
          hint: 'write the same username and passwordSecret for both, or serve one of them under another host name',
          path: [...mirror.path.slice(0, 3), 'username'],
          related: [{ path: [...earlier.path.slice(0, 3), 'username'], message: 'the other login' }],
        },
      ),
    ]
  })
}

/** Docker sends no credentials to mirrors (moby/moby#30880). */
const noLogin = (path: Path): Diagnostic =>
  error('mirrors/login', 'Docker cannot log in to a mirror', {
    hint: 'write containerRuntime.name: containerd or cri-o, or let the mirror admit the machines by their addresses',
    path,
    source: 'https://github.com/moby/moby/issues/30880',
  })

function checkLogin({ address, path: at, username, passwordSecret }: ImageMirror): Diagnostic[] {
  const path = at.slice(0, 3)
  if (username === undefined && passwordSecret === undefined) return []
  if (username === undefined || passwordSecret === undefined) {
    const [has, lacks] =
      username === undefined ? ['passwordSecret', 'username'] : ['username', 'passwordSecret']
    return [
      error('mirrors/login', `this mirror has ${has}, but no ${lacks}`, {
        hint:
          lacks === 'username'
            ? 'write username: with the user that the password belongs to'
            : 'write passwordSecret: NAME, and put the password into the bundle with hakube secrets set PROFILE NAME',
        path: [...path, has],
        onKey: true,
      }),
    ]
  }
  const diagnostics: Diagnostic[] = []
  if (/[:\p{Cc}]/u.test(username))
    diagnostics.push(
      error('mirrors/login', 'the user has a colon or a control character', {
        hint: 'write the name of the user alone',
        path: [...path, 'username'],
        source: 'https://www.rfc-editor.org/rfc/rfc7617#section-2',
      }),
    )
  if (!isOwnName(passwordSecret))
    diagnostics.push(
      error('secrets/own-name', 'this is not the name of a secret', {
        hint: 'write its name, lowercase letters, digits and dashes; a password has no place in a profile: hakube secrets set reads it',
        path: [...path, 'passwordSecret'],
      }),
    )
  if (readWebAddress(address)?.protocol === 'http:')
    diagnostics.push(
      warning('mirrors/clear-password', 'the password goes over the network in clear text', {
        hint: 'use https://; with a CA of your own, write its certificate under ca, or under trust',
        path: at,
      }),
    )
  return diagnostics
}

/** IPv6 addresses are not supported, because container runtimes disagree on the name of their directory. */
function isRegistry(text: string): boolean {
  const read = readHostAndPort(text)
  return read !== null && !isIPv6(read.host)
}

function checkMirror(text: string, path: Path): Diagnostic[] {
  const url = readWebAddress(text)
  if (url && !url.search && !url.hash && !url.username && !url.password) return []
  const problem = url ? 'has a query, a fragment or credentials' : 'is not a web address'
  const shown = url?.username || url?.password ? 'the address' : JSON.stringify(text)
  return [error('mirrors/malformed', `${shown} ${problem}`, { hint: hintOf(text, url), path })]
}

function hintOf(text: string, url: URL | null): string {
  if (url) return `write ${url.origin}${url.pathname}`
  const [host = '', ...rest] = withoutScheme(text).split('/')
  const plain = readHostAndPort(host) !== null && rest.every((part) => /^[\w.:+@-]*$/.test(part))
  return plain
    ? `write http://${withoutScheme(text)} or https://${withoutScheme(text)}`
    : 'write http://… or https://…'
}

/** Mirrors that the container runtime would not use. */
function checkUse({ containerRuntime, mirrors }: Profile): Diagnostic[] {
  const runtime = containerRuntime?.name ?? defaults.containerRuntime
  const diagnostics: Diagnostic[] = Object.keys(mirrors?.repositories ?? {})
    .filter((name) => !repositoryNames.includes(name))
    .map((name) => {
      const close = suggest(name, repositoryNames)
      return error('mirrors/repository', `hakube uses no package repository ${JSON.stringify(name)}`, {
        hint: close ? `write ${close}` : `write one of ${repositoryNames.join(', ')}`,
        path: ['mirrors', 'repositories', name],
        onKey: true,
      })
    })
  if (runtime === 'containerd') return diagnostics
  for (const { registry, address, username, ca } of imageMirrorsOf({ mirrors })) {
    const path = ['mirrors', 'images', registry]
    if (runtime === 'docker' && username !== undefined) diagnostics.push(noLogin([...path, 'username']))
    // This is not a mirror: Docker reads the CA of every registry.
    const itself = ca !== undefined && readWebAddress(address)?.host === registry
    if (runtime === 'docker' && registry !== 'docker.io' && !itself)
      diagnostics.push(
        warning('mirrors/docker', `Docker uses mirrors only for docker.io, not for ${registry}`, {
          hint: "remove it, and use the mirror's address in image names, e.g. with kubernetes.imageRepository",
          path,
          onKey: true,
          source: 'https://docs.docker.com/docker-hub/image-library/mirror/',
        }),
      )
    else if (registry === '_default')
      diagnostics.push(
        error('mirrors/default', 'CRI-O does not support one mirror for all registries', {
          hint: 'write one mirror for each registry',
          path,
          onKey: true,
          source: 'containers-registries.conf(5)',
        }),
      )
    else if (runtime === 'docker' && (readWebAddress(address)?.pathname ?? '/') !== '/')
      diagnostics.push(
        error('mirrors/docker-path', 'Docker does not support a mirror with a path', {
          hint: 'write only scheme, host and port',
          path,
          source: 'https://github.com/moby/moby/blob/master/daemon/pkg/registry/config.go',
        }),
      )
  }
  return diagnostics
}
