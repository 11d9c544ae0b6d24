import { type Diagnostic, warning } from '../diagnostics/diagnostic.ts'
import type { Profile } from '../profile/schema.ts'

/** Warns that the profile installs no pod network. A profile that sets `other` means it; with the default, it may have been forgotten. */
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
