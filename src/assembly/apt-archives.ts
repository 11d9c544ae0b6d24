import type { Machine } from '../cluster/cluster.ts'

/** An archive of the distribution as apt asks for it. */
export type AptArchive = { uri: string; suites: readonly string[]; components: readonly string[] }

/** Archives of a machine's distribution at its mirrors; none in the family of Red Hat. */
export const aptArchives = ({
  architecture,
  system: { distribution, mirrors },
}: Pick<Machine, 'architecture' | 'system'>): AptArchive[] =>
  (distribution.archives ?? []).map(({ suffix, suites, components, isSecurity }) => ({
    uri:
      (isSecurity ? mirrors.security?.[architecture] : undefined) ??
      `${mirrors.distribution[architecture]}${suffix}`,
    suites,
    components,
  }))
