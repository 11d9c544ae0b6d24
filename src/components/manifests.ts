import type { Cluster, Manifest } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import { startStepName } from '../assembly/start-steps.ts'
import { assetUrl } from './assets.ts'
import type { Component } from '../assembly/component.ts'
import { admissionTimer } from './kubeadm/bring-up.ts'
import { quoteAll } from '../text/quote.ts'
import { runs } from '../assembly/on-change.ts'

/** Name of the network plugin's manifest in the record of what was applied; rules keep it from others. */
const pluginManifest = 'network-plugin'

/** All manifests of a cluster in the order in which they are applied: pods of others need the network. */
export const manifestsOf = ({ manifests, networkPlugin }: Cluster): readonly Manifest[] => [
  ...(networkPlugin.manifest
    ? [{ name: pluginManifest, ...networkPlugin.manifest, from: ['networkPlugin', 'manifest'] }]
    : []),
  ...manifests,
]

/**
 * Applied by the machine that runs `kubeadm init`, when it is through with it; nobody waits for this. What was applied stands in
 * the cluster and not on the machine: one that is installed again must not undo what people have changed since.
 */
export const manifests: Component = {
  name: 'manifests',
  purpose: 'Applies the manifests of the network plugin and of the profile, each once.',
  stage: 'manifests',
  steps: ['manifests'],
  appliesTo: (cluster, machine) => machine.initializes && manifestsOf(cluster).length > 0,
  contribute(cluster) {
    const all = manifestsOf(cluster)
    return {
      assets: all.map(({ name, path, sha256, from }) => ({
        path,
        sha256,
        what: name === pluginManifest ? 'network plugin manifest' : 'manifest',
        source:
          name === pluginManifest ? `the release of ${cluster.networkPlugin.name}` : `your source of ${name}`,
        ...(from ? { from } : {}),
      })),
      steps: [
        {
          name: 'manifests',
          script: render('cloud-init/manifests/step.ejs', {
            manifests: quoteAll(all.flatMap((each) => [each.name, assetUrl(cluster, each), each.sha256])),
          }),
          // A manifest that cannot be applied keeps nobody out.
          after: ['kubeadm', startStepName(admissionTimer)],
          onChange: { comparison: 'manifests', otherwise: runs },
        },
      ],
      checks: [
        {
          name: 'manifests',
          script: render('cloud-init/manifests/check.ejs', {
            manifests: quoteAll(all.flatMap(({ name, sha256 }) => [name, sha256])),
          }),
        },
      ],
    }
  },
}
