import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import { defaults } from '../defaults.ts'
import type { Rule } from './rule.ts'

/** Names of package repositories beyond the distribution's and Kubernetes' own. */
const repositoryNames = ['docker', 'cri-o', 'elrepo']

/** Mirrors that nobody would ask: each container runtime can do other things with them. */
export const mirrorRules: Rule = ({ profile }) => {
  const { containerRuntime, mirrors } = profile
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
    else if (runtime === 'docker' && /^(?:https?:\/\/)?[^/]+\/./.test(address))
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
