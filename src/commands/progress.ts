import cliProgress from 'cli-progress'
import type { Output } from './context.ts'

/** A progress bar. `left`: shows the estimated remaining time. */
export type ProgressBar = { total: number; of: string; left?: boolean }

/**
 * Runs `work` with a progress bar, which disappears afterwards. Only terminals show it.
 *
 * @param least smaller totals finish too fast for a bar
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
