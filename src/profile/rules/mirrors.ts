import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import { defaults } from '../defaults.ts'
import { mirrorPlaces } from '../mirror-addresses.ts'
import type { Profile } from '../schema.ts'
import type { Rule } from './rule.ts'
import { readHostAndPort } from '../../text/host-and-port.ts'
import { readWebAddress, withoutScheme } from '../../text/web-address.ts'

/** Names of package repositories beyond the distribution's and Kubernetes' own. */
const repositoryNames = ['docker', 'cri-o', 'elrepo']

/** Addresses of mirrors, and what is mirrored. */
export const mirrorRules: Rule = ({ profile }) => [...checkAddresses(profile), ...checkUse(profile)]

function checkAddresses({ mirrors }: Profile): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const { address, path } of mirrorPlaces({ mirrors })) diagnostics.push(...checkMirror(address, path))
  if (mirrors?.kubernetes !== undefined)
    diagnostics.push(...checkMirror(mirrors.kubernetes, ['mirrors', 'kubernetes']))
  for (const [name, value] of Object.entries(mirrors?.repositories ?? {}))
    diagnostics.push(...checkMirror(value, ['mirrors', 'repositories', name]))
  for (const [registry, value] of Object.entries(mirrors?.images ?? {})) {
    const path: Path = ['mirrors', 'images', registry]
    // https://github.com/containerd/containerd/blob/main/docs/hosts.md: the name is that of a folder; _default is for all others.
    if (registry !== '_default' && !isRegistry(registry)) {
      const [near = ''] = withoutScheme(registry).split('/')
      const isNear = near !== registry && /[.:]/.test(near) && isRegistry(near)
      diagnostics.push(
        error('mirrors/registry', `${JSON.stringify(registry)} is not the name of a registry`, {
          hint: isNear
            ? `write ${near}, as image names begin`
            : 'write the host as it stands in image names, e.g. docker.io or registry.k8s.io, or _default for all others',
          path,
          onKey: true,
        }),
      )
    }
    diagnostics.push(...checkMirror(value, path))
  }
  return diagnostics
}

/** IPv6 addresses are left out: container runtimes disagree on what their folder is called. */
function isRegistry(text: string): boolean {
  const read = readHostAndPort(text)
  return read !== null && !read.host.includes(':')
}

function checkMirror(text: string, path: Path): Diagnostic[] {
  const url = readWebAddress(text)
  if (url && !url.search && !url.hash && !url.username && !url.password) return []
  const problem = url ? 'has a query, a fragment or a login' : 'is not a web address'
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

/** Mirrors that nobody would ask: each container runtime can do other things with them. */
function checkUse({ containerRuntime, mirrors }: Profile): Diagnostic[] {
  const runtime = containerRuntime?.name ?? defaults.containerRuntime
  const diagnostics: Diagnostic[] = Object.keys(mirrors?.repositories ?? {})
    .filter((name) => !repositoryNames.includes(name))
    .map((name) => {
      const close = suggest(name, repositoryNames)
      return error('mirrors/repository', `hakube uses no package repository ${JSON.stringify(name)}`, {
        hint: close ? `write ${close}` : `there are ${repositoryNames.join(', ')}`,
        path: ['mirrors', 'repositories', name],
        onKey: true,
      })
    })
  if (runtime === 'containerd') return diagnostics
  for (const [registry, address] of Object.entries(mirrors?.images ?? {})) {
    const path = ['mirrors', 'images', registry]
    if (runtime === 'docker' && registry !== 'docker.io')
      diagnostics.push(
        warning('mirrors/docker', `Docker asks mirrors for images of docker.io only, not of ${registry}`, {
          hint: 'remove it, and name images where they are, e.g. by kubernetes.imageRepository',
          path,
          onKey: true,
          source: 'https://docs.docker.com/docker-hub/image-library/mirror/',
        }),
      )
    else if (registry === '_default')
      diagnostics.push(
        error('mirrors/default', 'CRI-O has no mirror for all registries', {
          hint: 'write one mirror for each registry',
          path,
          onKey: true,
          source: 'containers-registries.conf(5)',
        }),
      )
    else if (runtime === 'docker' && (readWebAddress(address)?.pathname ?? '/') !== '/')
      diagnostics.push(
        error('mirrors/docker-path', 'Docker takes no mirror with a path', {
          hint: 'write scheme, host and port only',
          path,
          source: 'https://github.com/moby/moby/blob/master/daemon/pkg/registry/config.go',
        }),
      )
  }
  return diagnostics
}
