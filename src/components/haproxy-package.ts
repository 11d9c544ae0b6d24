import { haproxyUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { compareVersions } from '../text/versions.ts'
import { render } from '../templates/template.ts'
import { assetUrl } from './assets.ts'
import type { Component, Part } from '../assembly/component.ts'
import { balancesInPods, packageOf } from './load-balancers.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { quote } from '../text/quote.ts'
import { installs } from '../assembly/on-change.ts'

/** Installs a haproxy package from the profile where the distribution's is too old. */
export const haproxyPackage: Component = {
  name: 'haproxy-package',
  purpose: "Installs haproxy from a package file on the server instead of the distribution's package.",
  stage: 'packages',
  steps: ['haproxy-package'],
  appliesTo: (cluster, machine) => machine.balancesLoad && packageOf(cluster) !== null,
  contribute: onceForEach<Part>(sameForAll, (cluster, machine) => {
    const given = packageOf(cluster)
    if (!given) return {}
    const { packageManager } = machine.system.distribution
    const version = quote(given.version)
    return {
      assets: [
        {
          path: given.path,
          sha256: given.sha256,
          what: 'haproxy package',
          source: 'your own build or download',
        },
      ],
      steps: [
        {
          name: 'haproxy-package',
          script: render('cloud-init/haproxy-package/step.ejs', {
            url: quote(assetUrl(cluster, given)),
            sum: given.sha256,
            version,
            apt: packageManager === 'apt',
            manager: packageManager,
          }),
          after: ['packages'],
          onChange: installs(haproxyUnit),
        },
      ],
      checks: [
        { name: 'haproxy-package', script: render('cloud-init/haproxy-package/check.ejs', { version }) },
      ],
    }
  }),
}

/**
 * Whether haproxy knows `http-check send`, which came with 2.2; images are newer
 * (https://www.haproxy.com/blog/announcing-haproxy-2-2).
 */
export const knowsHttpCheckSend = (cluster: Cluster, machine: Machine): boolean =>
  balancesInPods(cluster) ||
  compareVersions(packageOf(cluster)?.version ?? machine.system.distribution.haproxyVersion, '2.2') >= 0
