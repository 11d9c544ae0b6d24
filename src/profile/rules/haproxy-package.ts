import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { balancerSystems, onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'

const path: Path = ['loadBalancing', 'haproxyPackage']

/** The haproxy package file: whether it fits the distribution, and its name fits its contents. */
export const haproxyPackageRules: Rule = ({ profile }) => {
  const given = profile.loadBalancing?.haproxyPackage
  if (!given) return []
  const diagnostics: Diagnostic[] = []
  const { placement } = profile.loadBalancing ?? {}
  if (placement === 'static-pod' || placement === 'external') {
    const message =
      placement === 'external'
        ? 'the load balancer is external, so no machine installs this package'
        : 'haproxy runs from an image, so no machine installs this package'
    const hint = 'remove haproxyPackage'
    diagnostics.push(warning('load-balancing/unused-package', message, { hint, path, onKey: true }))
  }
  if (!/^\d+\.\d+\.\d+$/.test(given.version)) {
    diagnostics.push(
      error('load-balancing/package-version', `${JSON.stringify(given.version)} is not a haproxy version`, {
        hint: 'write all three numbers that haproxy -v prints, in quotes, e.g. "2.8.16"',
        path: [...path, 'version'],
      }),
    )
  }
  return [
    ...diagnostics,
    ...onEach(profile, balancerSystems(profile), ({ distribution }) => {
      const ending = distribution.packageManager === 'apt' ? '.deb' : '.rpm'
      if (given.path.endsWith(ending)) return []
      const message = `${distribution.title} installs ${ending} files, but this is ${given.path}`
      const hint = `use a package for ${distribution.title}, e.g. haproxy-${given.version}${ending}`
      return [error('load-balancing/package-format', message, { hint, path: [...path, 'path'] })]
    }),
  ]
}
