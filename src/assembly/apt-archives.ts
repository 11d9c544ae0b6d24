import type { Machine } from '../cluster/cluster.ts'

/** An archive of the distribution, in apt's terms: `URIs`, `Suites` and `Components` of deb822-style sources (sources.list(5)). */
export type AptArchive = { uri: string; suites: readonly string[]; components: readonly string[] }

/** The archives of a machine's distribution at its mirrors. Empty for the Red Hat family, which does not use apt. */
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
