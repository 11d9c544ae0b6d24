import type { Cluster } from '../../cluster/cluster.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { Refusal } from '../../diagnostics/refusal.ts'
import type { LoadedProfile } from '../../profile/load.ts'
import { type Assets, indexAssets } from '../../server/assets-directory.ts'
import { assetDiagnostics, compareAssets } from '../../server/compared-assets.ts'
import { neededAssets } from '../../site/needed-assets.ts'
import type { Context } from '../context.ts'
import { printAssets, privatePaths } from '../asset-warnings.ts'

/** The assets directory, as `check` sees it. */
export type CheckedAssets = {
  /** Why none of its files can be served. */
  refused: readonly Diagnostic[]
  /** The problems of the files that machines of a cluster fetch, and the lines that list those files. */
  compare(profile: string, cluster: Cluster): Promise<{ diagnostics: Diagnostic[]; lines: string[] }>
}

/**
 * Lists the directory of `--assets`, with the rules of `hakube serve`.
 *
 * @returns null without the option
 */
export async function openAssets(
  all: readonly LoadedProfile[],
  context: Context,
): Promise<CheckedAssets | null> {
  const directory = context.options.text('assets')
  if (directory === null) return null
  const keepOut = all.flatMap((each) => privatePaths(context, each))
  let assets: Assets
  try {
    assets = await indexAssets(directory, keepOut)
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return { refused: fault.diagnostics, compare: () => Promise.resolve({ diagnostics: [], lines: [] }) }
  }
  return {
    refused: [],
    async compare(profile, cluster) {
      const compared = await compareAssets(neededAssets(cluster), assets, context.signals.stop)
      const lines = printAssets(compared).map((line) => `  ${line}`)
      if (lines.length > 0) lines.unshift(`${profile}: files that machines fetch from assets/:`)
      return { diagnostics: assetDiagnostics(compared, directory), lines }
    },
  }
}
