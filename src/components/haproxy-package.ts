import type { Cluster } from '../cluster/cluster.ts'
import { compareVersions } from '../distributions/kubernetes.ts'
import { render } from '../templates/template.ts'
import { assetUrl } from './assets.ts'
import type { Component, Part } from '../assembly/component.ts'
import { balancesInPods, packageOf } from './load-balancers.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { quote } from '../text/quote.ts'
import { installs } from '../assembly/on-change.ts'

/** A package file with haproxy that the profile names, because the distribution's own is too old. */
export const haproxyPackage: Component = {
  name: 'haproxy-package',
  purpose: "Installs haproxy from a package file of the server, in place of the distribution's.",
  stage: 'packages',
  appliesTo: (cluster, machine) => machine.balancesLoad && packageOf(cluster) !== null,
  contribute: onceForEach<Part>(sameForAll, (cluster) => {
    const given = packageOf(cluster)
    if (!given) return {}
    const { packageManager } = cluster.distribution
    const version = quote(given.version)
    return {
      assets: [
        {
          path: given.path,
          sha256: given.sha256,
          what: 'haproxy package',
          source: 'where you have built or found it',
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
          onChange: installs('haproxy.service'),
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
export const knowsHttpCheckSend = (cluster: Cluster): boolean =>
  balancesInPods(cluster) ||
  compareVersions(packageOf(cluster)?.version ?? cluster.distribution.haproxyVersion, '2.2') >= 0
