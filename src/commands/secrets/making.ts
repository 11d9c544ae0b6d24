import cliProgress from 'cli-progress'
import type { Bundle } from '../../secrets/bundle.ts'
import { openKeyMaker } from '../../secrets/keys.ts'
import { type SecretSources, systemSources } from '../../secrets/sources.ts'
import { applySync, hasWork, planSync, type SyncPlan, type Wanted } from '../../secrets/sync.ts'
import type { Context } from '../context.ts'

/** Fewer keys are there before anybody has seen a bar. */
const keysWithProgress = 8

/**
 * Gives sources that make keys on all cores, and ends their threads afterwards, also when the user wants an end: then what
 * is being made is refused, and nothing is written.
 */
export async function withSources<Result>(
  { signals }: Context,
  work: (sources: SecretSources) => Promise<Result>,
): Promise<Result> {
  const maker = openKeyMaker()
  const stop = (): void => void maker.close()
  signals.stop.addEventListener('abort', stop, { once: true })
  try {
    signals.stop.throwIfAborted()
    return await work({ ...systemSources, rsaKeyPair: (bits) => maker.rsaKeyPair(bits) })
  } finally {
    signals.stop.removeEventListener('abort', stop)
    await maker.close()
  }
}

export type Synchronized = { plan: SyncPlan; bundle: Bundle | null }

/**
 * Makes what is missing or stale, with a progress bar on a terminal.
 *
 * @param choose leaves parts of the plan out
 * @returns null in place of a bundle when there is nothing to do
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
  const changed = await withProgress(context, total, (step) =>
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

async function withProgress<Result>(
  { stderr }: Context,
  total: number,
  work: (step: () => void) => Promise<Result>,
): Promise<Result> {
  if (!stderr.terminal || total < keysWithProgress) return work(() => undefined)
  const bar = new cliProgress.SingleBar(
    {
      format: '{bar} {value}/{total} keys, {eta_formatted} left',
      stream: stderr.stream,
      clearOnComplete: true,
    },
    cliProgress.Presets.shades_classic,
  )
  bar.start(total, 0)
  try {
    return await work(() => bar.increment())
  } finally {
    bar.stop()
  }
}
