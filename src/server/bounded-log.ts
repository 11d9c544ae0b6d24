/** Where a log goes. `stream` is what lies behind `write`. */
export type LogTarget = { write(text: string): void; stream: NodeJS.WritableStream }

const mostWaiting = 1024 * 1024

/**
 * Writes to a log whose reader may be slow or stuck. Node keeps in memory what a pipe does not take, without bound: beyond a MiB, lines are
 * left out instead, and counted. Once the reader has caught up it is told how many.
 *
 * @param tell the line that tells it
 */
export function boundedLog(
  target: LogTarget,
  tell: (dropped: number) => string,
  most = mostWaiting,
): (text: string) => void {
  let dropped = 0
  // What is written to a file at once has no queue.
  const waiting = (): number => ('writableLength' in target.stream ? Number(target.stream.writableLength) : 0)
  return (text) => {
    // All or nothing until then, so that the gap is in one place.
    if (dropped > 0 || waiting() > most) {
      if (dropped === 0)
        target.stream.once('drain', () => {
          const line = tell(dropped)
          dropped = 0
          target.write(line)
        })
      dropped++
      return
    }
    target.write(text)
  }
}
