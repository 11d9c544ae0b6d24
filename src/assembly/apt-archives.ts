import type { Cluster } from '../cluster/cluster.ts'
import type { Architecture } from '../distributions/mirrors.ts'

/** An archive of the distribution as apt asks for it. */
export type AptArchive = { uri: string; suites: readonly string[]; components: readonly string[] }

/** Archives of the distribution at the mirrors of the cluster; none in the family of Red Hat. */
export const aptArchives = (
  { distribution, mirrors }: Pick<Cluster, 'distribution' | 'mirrors'>,
  architecture: Architecture,
): AptArchive[] =>
  (distribution.archives ?? []).map(({ suffix, suites, components, isSecurity }) => ({
    uri:
      (isSecurity ? mirrors.security?.[architecture] : undefined) ??
      `${mirrors.distribution[architecture]}${suffix}`,
    suites,
    components,
  }))
