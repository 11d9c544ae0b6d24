import cliProgress from 'cli-progress'
import type { Output } from './context.ts'

/** How far a long run is. `left`: with the time that is left. */
export type ProgressBar = { total: number; of: string; left?: boolean }

/**
 * Runs `work` with a bar on a terminal, which is gone afterwards; elsewhere nothing is shown.
 *
 * @param least totals below it are over before anyone has seen a bar
 */
export async function withProgress<Result>(
  stderr: Output,
  { total, of, left = false }: ProgressBar,
  least: number,
  work: (step: () => void) => Promise<Result>,
): Promise<Result> {
  if (!stderr.terminal || total < least) return work(() => undefined)
  const bar = new cliProgress.SingleBar(
    {
      format: `{bar} {value}/{total} ${of}${left ? ', {eta_formatted} left' : ''}`,
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
