import { type Diagnostic, warning } from '../diagnostics/diagnostic.ts'
import type { Profile } from '../profile/schema.ts'

/**
 * Nothing brings a pod network into the cluster, as far as the profile says. A profile that names `other` knows that someone else does;
 * the default is the same, and there nobody may have thought of it.
 */
export const findNoNetworkPlugin = ({ networkPlugin }: Profile): Diagnostic[] =>
  networkPlugin === undefined
    ? [
        warning(
          'network-plugin/none',
          'no network plugin is set: nodes stay NotReady until one is installed',
          {
            hint: 'set networkPlugin with name and manifest (docs/runtimes.md), or name: other if you install one yourself',
            path: ['kubernetes'],
            onKey: true,
            source:
              'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/',
          },
        ),
      ]
    : []
