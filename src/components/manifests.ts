import type { Cluster, Manifest } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import { startStepName } from '../assembly/start-steps.ts'
import { assetUrl } from './assets.ts'
import type { Component } from '../assembly/component.ts'
import { admissionTimer } from './kubeadm/bring-up.ts'
import { quoteAll } from '../text/quote.ts'
import { runs } from '../assembly/on-change.ts'

/** Name of the network plugin's manifest in the record of applied manifests; a rule reserves it. */
const pluginManifest = 'network-plugin'

/** All manifests of a cluster in the order in which they are applied: the network plugin first, because other pods need the network. */
export const manifestsOf = ({ manifests, networkPlugin }: Cluster): readonly Manifest[] => [
  ...(networkPlugin.manifest
    ? [{ name: pluginManifest, ...networkPlugin.manifest, from: ['networkPlugin', 'manifest'] }]
    : []),
  ...manifests,
]

/**
 * The initializing control plane applies them after `kubeadm init`; nothing waits for this. The record of what was applied is in the
 * cluster and not on the machine, because a reinstalled machine must not revert changes made since.
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
          // A manifest that cannot be applied must not prevent machines from joining.
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
