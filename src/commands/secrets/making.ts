import type { Bundle } from '../../secrets/bundle.ts'
import type { SecretSources } from '../../secrets/sources.ts'
import { applySync, hasWork, planSync, type SyncPlan, type Wanted } from '../../secrets/sync.ts'
import type { Context } from '../context.ts'
import { withProgress } from '../progress.ts'

/** Fewer keys are made too fast for a bar. */
const keysWithProgress = 8

export type Synchronized = { plan: SyncPlan; bundle: Bundle | null }

/**
 * Makes missing and stale secrets, with a progress bar on terminals.
 *
 * @param choose filters the plan
 * @returns null instead of a bundle if there is nothing to do
 */
export async function synchronize(
  context: Context,
  bundle: Bundle,
  wanted: Wanted,
  sources: SecretSources,
  options: { prune?: boolean; refresh?: () => void; choose?: (plan: SyncPlan) => SyncPlan } = {},
): Promise<Synchronized> {
  const { prune = false, refresh = () => undefined, choose = (plan: SyncPlan) => plan } = options
  const plan = choose(planSync(bundle, wanted, sources.now()))
  if (!hasWork(plan, prune)) return { plan, bundle: null }
  const total = plan.certificates.length + (plan.server.length > 0 ? 1 : 0)
  const bar = { total, of: 'keys', left: true }
  const changed = await withProgress(context.stderr, bar, keysWithProgress, (step) =>
    applySync(bundle, plan, wanted, sources, {
      prune,
      made: () => {
        refresh()
        step()
      },
    }),
  )
  return { plan, bundle: changed }
}
