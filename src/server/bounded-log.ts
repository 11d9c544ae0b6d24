/** The destination of a log. `stream` is the stream behind `write`. */
export type LogTarget = { write(text: string): void; stream: NodeJS.WritableStream }

const mostWaiting = 1024 * 1024

/**
 * Writes to a log whose reader may be slow or stuck. Node buffers without limit what a pipe does not accept. Beyond one MiB, this drops
 * lines instead, counts them, and reports their number once the reader has caught up.
 *
 * @param tell makes the line with the number
 */
export function boundedLog(
  target: LogTarget,
  tell: (dropped: number) => string,
  most = mostWaiting,
): (text: string) => void {
  let dropped = 0
  // Writes to a regular file are synchronous and have no queue.
  const waiting = (): number => ('writableLength' in target.stream ? Number(target.stream.writableLength) : 0)
  return (text) => {
    // Once lines are dropped, all are, until the queue is empty, so that the gap is in one place.
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
