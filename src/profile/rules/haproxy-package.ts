import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { findDistribution } from '../../distributions/index.ts'
import type { Rule } from './rule.ts'

const path: Path = ['loadBalancing', 'haproxyPackage']

/** The package file with haproxy: whether it can be one of this distribution, and is what it says. */
export const haproxyPackageRules: Rule = ({ profile }) => {
  const given = profile.loadBalancing?.haproxyPackage
  if (!given) return []
  const diagnostics: Diagnostic[] = []
  const { placement } = profile.loadBalancing ?? {}
  if (placement === 'static-pod' || placement === 'external') {
    const message =
      placement === 'external'
        ? 'the load balancer is somebody else, so no machine gets this haproxy'
        : 'haproxy runs from an image, so no machine gets this package'
    const hint = 'remove haproxyPackage'
    diagnostics.push(warning('load-balancing/unused-package', message, { hint, path, onKey: true }))
  }
  if (!/^\d+\.\d+\.\d+$/.test(given.version)) {
    diagnostics.push(
      error(
        'load-balancing/package-version',
        `${JSON.stringify(given.version)} is not a version of haproxy`,
        {
          hint: 'write it as haproxy -v prints it, with all three numbers in quotes, e.g. "2.8.16"',
          path: [...path, 'version'],
        },
      ),
    )
  }
  const { name, version } = profile.distribution
  const distribution = findDistribution(name, version)
  const ending = distribution?.packageManager === 'apt' ? '.deb' : '.rpm'
  if (distribution && !given.path.endsWith(ending)) {
    const message = `${distribution.title} installs ${ending} files, and this is ${given.path}`
    const hint = `give a package of ${distribution.title}, e.g. haproxy-${given.version}${ending}`
    diagnostics.push(error('load-balancing/package-format', message, { hint, path: [...path, 'path'] }))
  }
  return diagnostics
}
